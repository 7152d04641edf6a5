extension PositionGrid {
    /// How dense methods bring positional embeddings to the grid of another image size (docs/dense.md §2.12).
    enum Method: Sendable, Hashable {
        /// Keys' cubic with a = −0.75, nothing smoothed when the grid shrinks; `excess` is what is added to the grid's side.
        case bicubic(excess: Float)
        /// As well without smoothing.
        case bilinear
        /// As ``resized(_:from:to:width:)`` does it at load.
        case antialiased

        /// A tenth of a patch is added, as vision transformers at many sizes have it since DINO.
        static let customary = bicubic(excess: 0.1)

        /// For each place of the new axis what it is made of; nil where that is not said axis by axis.
        fileprivate func taps(from stored: Int, to side: Int) -> [[(index: Int, weight: Float)]]? {
            switch self {
            case .antialiased: nil
            case .bilinear:
                BilinearTap.all(from: stored, to: side).map { [($0.first, 1 - $0.share), ($0.second, $0.share)] }
            case .bicubic(let excess):
                (0..<side).map { output in
                    let place = (Float(output) + 0.5) * Float(stored) / (Float(side) + excess) - 0.5
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

    /// `[classRows + side², width]` from `[classRows + stored², width]`; the class token's row stays.
    static func resized(
        _ positions: [Float], from stored: Int, to side: Int, classRows: Int, width: Int, by method: Method
    ) -> [Float] {
        precondition(positions.count == (classRows + stored * stored) * width)
        guard stored != side else { return positions }
        guard let taps = method.taps(from: stored, to: side) else {
            return resized(positions, from: stored, to: side, classRows: classRows, width: width)
        }
        var result = Array(positions[..<(classRows * width)])
        result.reserveCapacity((classRows + side * side) * width)
        for rows in taps {
            for columns in taps {
                var sums = [Float](repeating: 0, count: width)
                for row in rows {
                    for column in columns {
                        let (weight, source) = (
                            row.weight * column.weight, (classRows + row.index * stored + column.index) * width
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
