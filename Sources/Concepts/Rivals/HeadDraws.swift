import Foundation

/// What is random while a head is trained: a generator of its own for everything that is drawn, so that a run that goes on where
/// another ended draws what that one would have (docs/rivals.md §2.3).
enum HeadDraws {
    enum Purpose: UInt64 { case start, order, noise }

    /// - Parameters:
    ///   - first: the tensor, epoch or step.
    ///   - second: the picture's place in the batch.
    static func generator(_ seed: Int, _ purpose: Purpose, _ first: Int, _ second: Int = 0) -> SplitMix64 {
        func mixed(_ value: UInt64) -> UInt64 {
            var generator = SplitMix64(seed: value)
            return generator.next()
        }
        var state = mixed(UInt64(bitPattern: Int64(seed))) ^ purpose.rawValue
        for number in [first, second] { state = mixed(state) ^ UInt64(bitPattern: Int64(number)) }
        return SplitMix64(seed: state)
    }
}

extension SplitMix64 {
    /// Above 0 and below 1: the highest 53 bits and a half, times 2⁻⁵³.
    mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

    /// Of the standard Gumbel distribution.
    mutating func gumbel() -> Double { -log(-log(uniform())) }
}
