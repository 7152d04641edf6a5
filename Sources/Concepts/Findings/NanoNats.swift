/// An amount of information in integer billionths of a nat.
///
/// Mutual information, curve points and AUC are quantised once, here, so that sums over millions of rows are exact
/// in any order and a roll-up can be compared with a recomputation integer for integer.
public struct NanoNats: Sendable, Hashable, Comparable, Codable {
    public let count: Int64

    public init(count: Int64) { self.count = count }

    /// Rounds to the nearest nano-nat, halves away from zero.
    public init(nats: Double) { count = Int64((nats * 1e9).rounded(.toNearestOrAwayFromZero)) }

    public var nats: Double { Double(count) / 1e9 }

    public static let zero = NanoNats(count: 0)
    public static func < (a: NanoNats, b: NanoNats) -> Bool { a.count < b.count }
}
