import Synchronization

/// What comes into a layer: how large each input gets, and some of the rows.
final class ActivationProbe: Sendable {
    private struct State {
        /// `[inputs]`.
        var largest: [Float]
        /// `[kept, inputs]`.
        var rows: [Float] = []
        /// The kept rows' numbers.
        var numbers: [UInt64] = []
        /// Rows that came so far.
        var count: UInt64 = 0
        /// One row in 2 to the power of it is kept.
        var bits = 0

        mutating func see(_ row: UnsafeBufferPointer<Float>) {
            for (input, value) in row.enumerated() where largest[input] < value.magnitude {
                largest[input] = value.magnitude
            }
            while numbers.count == keptRows { thinOut(width: row.count) }
            if isKept(count) {
                rows.append(contentsOf: row)
                numbers.append(count)
            }
            count += 1
        }

        private mutating func thinOut(width: Int) {
            bits += 1
            let places = numbers.indices.filter { isKept(numbers[$0]) }
            rows = places.flatMap { rows[$0 * width..<($0 + 1) * width] }
            numbers = places.map { numbers[$0] }
        }

        /// By a hash of the number (SplitMix64's), so that rows come from everywhere in a picture, whatever the number of its rows.
        private func isKept(_ number: UInt64) -> Bool {
            var hash = number &* 0x9E37_79B9_7F4A_7C15
            hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
            hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
            return bits == 0 || (hash ^ hash >> 31) >> (64 - UInt64(bits)) == 0
        }
    }

    let inputs: Int
    private let state: Mutex<State>

    /// Rows kept at most; about half of them at least once so many have come.
    static let keptRows = 256

    init(inputs: Int) {
        self.inputs = inputs
        state = Mutex(State(largest: [Float](repeating: 0, count: inputs)))
    }

    /// The largest magnitude of each input, `[inputs]`.
    var largest: [Float] { state.withLock(\.largest) }

    /// At most ``keptRows`` rows, from all that came, `[n, inputs]`.
    var rows: [Float] { state.withLock(\.rows) }

    /// - Parameter rows: `[count, inputs]`.
    func see(_ rows: UnsafePointer<Float>, count: Int) {
        state.withLock { state in
            for number in 0..<count { state.see(UnsafeBufferPointer(start: rows + number * inputs, count: inputs)) }
        }
    }
}
