/// Which rows of a batch are the same before the first attention: equal patches at equal places. Each is computed once and then
/// copied, as a row's bits depend on that row alone.
///
/// A value that a workspace refills for each batch without allocating; empty while every row stands for itself.
struct SharedRows {
    /// Of each row of the batch the distinct one that stands for it, none behind its own place.
    private var places: [Int] = []
    /// Of each distinct row the first of the batch that it stands for.
    private(set) var firsts: [Int] = []

    init(capacity: Int) {
        places.reserveCapacity(capacity)
        firsts.reserveCapacity(capacity)
    }

    mutating func removeAll() {
        places.removeAll(keepingCapacity: true)
        firsts.removeAll(keepingCapacity: true)
    }

    /// Says of the batch's next row what it is like.
    ///
    /// - Parameters:
    ///   - period: rows of each item.
    ///   - isSame: whether it is like a distinct row, of those at its place in other items.
    /// - Returns: the distinct row that it has become; nil if it is like another.
    mutating func append(period: Int, isSame: (Int) -> Bool) -> Int? {
        let row = places.count
        for earlier in stride(from: row % period, to: row, by: period) {
            let place = places[earlier]
            guard firsts[place] == earlier, isSame(place) else { continue }
            places.append(place)
            return nil
        }
        places.append(firsts.count)
        firsts.append(row)
        return firsts.count - 1
    }

    /// Copies distinct rows to all that they stand for, in place.
    ///
    /// - Parameter rows: `[batch's rows, width]`, the distinct ones in front.
    func expand(_ rows: UnsafeMutablePointer<Float>, width: Int) {
        // From the end, so that nothing is overwritten that is still to be copied.
        for row in places.indices.reversed() where places[row] != row {
            (rows + row * width).update(from: rows + places[row] * width, count: width)
        }
    }
}
