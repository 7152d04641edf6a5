extension PositionGrid {
    /// How dense methods bring positional embeddings to the grid of another image size. Not as ``resized(_:from:to:width:)``
    /// does it at load: nothing is smoothed when the grid shrinks.
    enum Method: Sendable {
        /// Keys' cubic with a = −0.75, and a tenth of a patch added to the grid, as vision transformers at many sizes have it
        /// since DINO.
        case bicubic
        case bilinear

        fileprivate func taps(from stored: Int, to side: Int) -> [[(index: Int, weight: Float)]] {
            switch self {
            case .bilinear:
                BilinearTap.all(from: stored, to: side).map { [($0.first, 1 - $0.share), ($0.second, $0.share)] }
            case .bicubic:
                (0..<side).map { output in
                    let place = (Float(output) + 0.5) * Float(stored) / (Float(side) + 0.1) - 0.5
                    let first = Int(place.rounded(.down))
                    return (-1...2).map { step in
                        (min(max(first + step, 0), stored - 1), Self.cubic(abs(place - Float(first + step))))
                    }
                }
            }
        }

        private static func cubic(_ distance: Float) -> Float {
            let (a, x): (Float, Float) = (-0.75, distance)
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            if x < 2 { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
            return 0
        }
    }

    /// `[1 + side², width]` from `[1 + stored², width]`; the class token's row stays.
    static func resized(_ positions: [Float], from stored: Int, to side: Int, width: Int, by method: Method) -> [Float]
    {
        precondition(positions.count == (1 + stored * stored) * width)
        guard stored != side else { return positions }
        let taps = method.taps(from: stored, to: side)
        var result = Array(positions[..<width])
        result.reserveCapacity((1 + side * side) * width)
        for rows in taps {
            for columns in taps {
                var sums = [Float](repeating: 0, count: width)
                for row in rows {
                    for column in columns {
                        let (weight, source) = (
                            row.weight * column.weight, (1 + row.index * stored + column.index) * width
                        )
                        for place in 0..<width { sums[place] += weight * positions[source + place] }
                    }
                }
                result += sums
            }
        }
        return result
    }
}
