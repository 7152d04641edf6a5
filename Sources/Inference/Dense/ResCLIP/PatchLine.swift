/// The straight way from one patch to another on a side × side grid.
struct PatchLine {
    private let start: (row: Int, column: Int)
    private let end: (row: Int, column: Int)
    private let side: Int

    init(from: Int, to: Int, side: Int) {
        start = (from / side, from % side)
        end = (to / side, to % side)
        self.side = side
    }

    private var steps: Int { max(abs(end.row - start.row), abs(end.column - start.column)) }

    /// Whether every patch on the way has the first one's label.
    ///
    /// - Parameter samples: nil for a patch at every step; else the way is divided into so many, of which only the first `steps`
    ///   are looked at (``ResCLIP/samplesAsReleased``).
    func isUniform(_ labels: [Int], samples: Int? = nil) -> Bool {
        let first = labels[start.row * side + start.column]
        return (0...steps).allSatisfy { step in
            let (row, column) = samples.map { released(step, of: $0) } ?? patch(at: step)
            return labels[row * side + column] == first
        }
    }

    private func patch(at step: Int) -> (Int, Int) {
        guard steps > 0 else { return start }
        func along(_ a: Int, _ b: Int) -> Int { a + Self.rounded((b - a) * step, over: steps, offset: a) }
        return (along(start.row, end.row), along(start.column, end.column))
    }

    /// `numerator / denominator`, the half to whichever makes the sum with `offset` even, as torch rounds.
    private static func rounded(_ numerator: Int, over denominator: Int, offset: Int) -> Int {
        let below = Int((Double(numerator) / Double(denominator)).rounded(.down))
        let twice = 2 * (numerator - below * denominator)
        if twice == denominator { return (below + offset).isMultiple(of: 2) ? below : below + 1 }
        return twice > denominator ? below + 1 : below
    }

    /// In single precision, as torch's `linspace` and a weighted sum have it.
    private func released(_ step: Int, of samples: Int) -> (Int, Int) {
        let width = 1 / Float(samples)
        let t = step < (samples + 1) / 2 ? width * Float(step) : 1 - width * Float(samples - step)
        func along(_ a: Int, _ b: Int) -> Int {
            Int((Float(a) * (1 - t) + Float(b) * t).rounded(.toNearestOrEven))
        }
        return (along(start.row, end.row), along(start.column, end.column))
    }
}
