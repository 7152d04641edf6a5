import Foundation

/// What attention is given in favour of near patches: a Gaussian of their distance, 1 for a patch itself; nothing from or to
/// the class token.
struct NeighbourWindow: Sendable, Hashable {
    /// Standard deviation in patches.
    let deviation: Float

    /// `[t, t]`, t = classRows + n, for a grid of side × side patches, the class token first.
    func values(side: Int, classRows: Int) -> AlignedFloats {
        // exp of a sum is a product: one table of distances along an axis will do.
        let table = (0..<side).map { exp(-Float($0 * $0) / (2 * deviation * deviation)) }
        let rows = classRows + side * side
        return AlignedFloats(count: rows * rows) { values in
            values.initialize(repeating: 0, count: rows * rows)
            for a in 0..<side * side {
                for b in 0..<side * side {
                    values[(classRows + a) * rows + classRows + b] =
                        table[abs(a / side - b / side)] * table[abs(a % side - b % side)]
                }
            }
        }
    }
}
