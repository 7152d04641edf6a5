import Inference

/// A generator whose numbers are the same on every machine; nothing hangs on their quality.
struct MadeNumbers {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 32
    }

    mutating func next(below bound: Int) -> Int { Int(next()) % bound }

    /// Sums of four uniform numbers, about normal.
    mutating func matrix(rows: Int, columns: Int) -> Matrix {
        Matrix(
            rows: rows, columns: columns,
            elements: (0..<rows * columns).map { _ in
                (0..<4).reduce(Float(-2)) { sum, _ in sum + Float(next() & 0xffff) / 65535 }
            })
    }
}
