@testable import Concepts

extension GaussianFilter {
    func filtered(_ channel: [Float]) -> [Float] {
        let blocks = (channel.count + 15) / 16
        let padded = channel + [Float](repeating: 0, count: 16 * blocks - channel.count)
        return [Float](unsafeUninitializedCapacity: padded.count) { sums, initialized in
            if let base = sums.baseAddress { filtered(padded, into: base, blocks: blocks) }
            initialized = channel.count
        }
    }
}
