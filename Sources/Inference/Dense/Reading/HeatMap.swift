/// One value a patch of a side × side grid, in raster order.
public struct HeatMap: Sendable {
    public let side: Int
    public let values: [Float]

    public init(side: Int, values: [Float]) {
        precondition(values.count == side * side, "\(values.count) values for a grid of \(side)×\(side)")
        self.side = side
        self.values = values
    }

    /// A text's column of `[n, C]`.
    public init(_ similarity: Matrix, text: Int, side: Int) {
        self.init(side: side, values: (0..<similarity.rows).map { similarity[$0, text] })
    }

    /// The lowest value at 0 and the highest at 1; 0 throughout if all are alike.
    public var scaled: HeatMap {
        guard let lowest = values.min(), let highest = values.max(), highest > lowest else {
            return HeatMap(side: side, values: .init(repeating: 0, count: values.count))
        }
        return HeatMap(side: side, values: values.map { ($0 - lowest) / (highest - lowest) })
    }

    /// Mean over each patch and those around it, the border repeated outwards.
    public var smoothed: HeatMap {
        func at(_ row: Int, _ column: Int) -> Float {
            values[min(max(row, 0), side - 1) * side + min(max(column, 0), side - 1)]
        }
        return HeatMap(
            side: side,
            values: values.indices.map { place in
                let (row, column) = (place / side, place % side)
                return (-1...1).reduce(0) { sum, v in sum + (-1...1).reduce(0) { $0 + at(row + v, column + $1) } } / 9
            })
    }

    /// Four times as wide and high, bilinear, each value then the median of the 7 × 7 around it, the border mirrored: stray patches
    /// vanish and edges stay (docs/dense.md §4.3).
    public var cleaned: HeatMap {
        let (size, reach) = (4 * side, 3)
        let wide = enlarged(width: size, height: size)
        func mirrored(_ place: Int) -> Int {
            let folded = place < 0 ? -1 - place : place >= size ? 2 * size - 1 - place : place
            return min(max(folded, 0), size - 1)
        }
        return HeatMap(
            side: size,
            values: wide.indices.map { place in
                let window = (-reach...reach).flatMap { v in
                    (-reach...reach).map { h in
                        wide[mirrored(place / size + v) * size + mirrored(place % size + h)]
                    }
                }
                return window.sorted()[window.count / 2]
            })
    }

    /// `[height, width]`, bilinear, corners not aligned.
    public func enlarged(width: Int, height: Int) -> [Float] {
        let (rows, columns) = (BilinearTap.all(from: side, to: height), BilinearTap.all(from: side, to: width))
        // Each row of patches is stretched once, not anew for every row of pixels between two of them.
        var wide: [Float] = []
        wide.reserveCapacity(side * width)
        for row in 0..<side {
            for tap in columns {
                let (first, second): (Float, Float) = (values[row * side + tap.first], values[row * side + tap.second])
                wide.append(first * (1 - tap.share) + second * tap.share)
            }
        }
        return [Float](unsafeUninitializedCapacity: width * height) { target, initialized in
            wide.withUnsafeBufferPointer { wide in
                for (y, tap) in rows.enumerated() {
                    let (top, bottom): (Int, Int) = (tap.first * width, tap.second * width)
                    for x in 0..<width {
                        target[y * width + x] = wide[top + x] * (1 - tap.share) + wide[bottom + x] * tap.share
                    }
                }
            }
            initialized = width * height
        }
    }
}
