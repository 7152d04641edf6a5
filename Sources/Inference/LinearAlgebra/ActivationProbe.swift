import Synchronization

/// What comes into a layer: how large each input gets, and some of the rows.
final class ActivationProbe: Sendable {
    private struct State {
        /// `[inputs]`.
        var largest: [Float]
        /// `[kept, inputs]`.
        var rows: [Float] = []
        /// Rows that came so far.
        var count = 0
        /// Every so many of them is kept.
        var step = 1

        mutating func see(_ row: UnsafeBufferPointer<Float>) {
            for (input, value) in row.enumerated() where largest[input] < value.magnitude {
                largest[input] = value.magnitude
            }
            if count.isMultiple(of: step) {
                if rows.count == keptRows * row.count { thinOut(width: row.count) }
                rows.append(contentsOf: row)
            }
            count += 1
        }

        /// Keeps every second row, the first among them.
        private mutating func thinOut(width: Int) {
            rows = (0..<keptRows / 2).flatMap { rows[2 * $0 * width..<(2 * $0 + 1) * width] }
            step *= 2
        }
    }

    let inputs: Int
    private let state: Mutex<State>

    /// Rows kept at most, an even number: so the row that is due when they are full is due afterwards, too.
    static let keptRows = 256

    init(inputs: Int) {
        self.inputs = inputs
        state = Mutex(State(largest: [Float](repeating: 0, count: inputs)))
    }

    /// The largest magnitude of each input, `[inputs]`.
    var largest: [Float] { state.withLock(\.largest) }

    /// At most ``keptRows`` rows, evenly from all that came, `[n, inputs]`.
    var rows: [Float] { state.withLock(\.rows) }

    /// - Parameter rows: `[count, inputs]`.
    func see(_ rows: UnsafePointer<Float>, count: Int) {
        state.withLock { state in
            for number in 0..<count { state.see(UnsafeBufferPointer(start: rows + number * inputs, count: inputs)) }
        }
    }
}
