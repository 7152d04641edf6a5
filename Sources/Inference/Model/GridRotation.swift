import Foundation

/// Rotary positions on a grid: pairs of a head's queries and of its keys are turned by angles that grow with a patch's column
/// and, in the second half of the pairs, with its row, or the other way round (docs/models.md §3, §6).
public struct GridRotation: Sendable, Hashable {
    /// What columns and rows are counted from.
    public let offset: Double
    /// Patches along a side at which angles are as trained; at another size the grid is stretched to it.
    public let trainedSide: Int
    /// The angle's base; lower wavelengths first.
    public let base: Double
    /// Whether the first half of the pairs is turned by rows and the second by columns.
    public var startsWithRows = false

    /// Cosine and sine of each pair's angle, `[side², headWidth / 2]` each.
    struct Table: Sendable {
        let cosines: [Float]
        let sines: [Float]
        /// Of a head.
        let pairs: Int
        /// n.
        var patches: Int { cosines.count / pairs }

        /// Turns one head's queries or keys of one patch, in place.
        func turn(_ values: UnsafeMutablePointer<Float>, patch: Int) {
            for pair in 0..<pairs {
                let (cosine, sine) = (cosines[patch * pairs + pair], sines[patch * pairs + pair])
                let (x, y) = (values[2 * pair], values[2 * pair + 1])
                values[2 * pair] = x * cosine - y * sine
                values[2 * pair + 1] = y * cosine + x * sine
            }
        }
    }

    func table(side: Int, headWidth: Int) -> Table {
        let pairs = headWidth / 2
        let half = pairs / 2
        let frequencies: [Double] = (0..<half).map { pow(base, -Double($0) / Double(half)) }
        let places: [Double] = (0..<side).map { (Double($0) + offset) / Double(side) * Double(trainedSide) }
        var angles: [Double] = []
        for patch in 0..<side * side {
            let (column, row) = (places[patch % side], places[patch / side])
            for place in startsWithRows ? [row, column] : [column, row] { angles += frequencies.map { place * $0 } }
        }
        return Table(cosines: angles.map { Float(cos($0)) }, sines: angles.map { Float(sin($0)) }, pairs: pairs)
    }
}
