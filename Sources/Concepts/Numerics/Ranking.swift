/// Largest values first, and of equal values the one with the lowest index: the only order used in this module.
enum Ranking {
    private struct Entry<Value: Comparable> {
        let value: Value
        let index: Int
        func precedes(_ other: Entry) -> Bool {
            value > other.value || (value == other.value && index < other.index)
        }
    }

    /// Indexes of the `count` largest values, best first; all of them when there are fewer.
    static func top<Value: Comparable>(_ count: Int, of values: some Collection<Value>) -> [Int] {
        select(count, of: values).sorted { $0.precedes($1) }.map(\.index)
    }

    /// As ``top(_:of:)``, in no particular order.
    ///
    /// - Complexity: O(values.count) on average.
    static func topSet<Value: Comparable>(_ count: Int, of values: some Collection<Value>) -> [Int] {
        select(count, of: values).map(\.index)
    }

    /// Quickselect: narrows `low...high` around the place where the best `count` end.
    private static func select<Value: Comparable>(
        _ count: Int, of values: some Collection<Value>
    ) -> ArraySlice<Entry<Value>> {
        var entries = values.enumerated().map { Entry(value: $1, index: $0) }
        guard count > 0 else { return [] }
        guard count < entries.count else { return entries[...] }
        var (low, high) = (0, entries.count - 1)
        while low < high {
            entries.swapAt(low + (high - low) / 2, high)
            let pivot = entries[high]
            var boundary = low
            for index in low..<high where entries[index].precedes(pivot) {
                entries.swapAt(index, boundary)
                boundary += 1
            }
            entries.swapAt(boundary, high)
            if boundary == count - 1 { break }
            if boundary < count - 1 { low = boundary + 1 } else { high = boundary - 1 }
        }
        return entries.prefix(count)
    }
}
