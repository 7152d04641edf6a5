/// Steele, Lea and Flood's SplitMix64: the one generator of the method, so that a seed means the same everywhere.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// The high word of `next() · bound`: below `bound`, with a bias under bound / 2⁶⁴ and always one draw.
    mutating func next(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// `count` distinct indexes below `total`, in the order drawn: the front of a Fisher–Yates shuffle.
    mutating func distinctIndexes(_ count: Int, below total: Int) -> [Int] {
        var order = Array(0..<total)
        for place in 0..<min(count, total) {
            order.swapAt(place, place + next(below: total - place))
        }
        return Array(order.prefix(count))
    }
}
