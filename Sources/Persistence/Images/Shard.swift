/// Which part of the roll-ups a row is counted in: what one writer at a time adds to.
public enum Shard {
    /// Shards that workers spread over.
    public static let count = 64

    /// A partition has one owner at a time, so its rows never make two writers wait for each other.
    public static func of(partition: Int32) -> Int { Int(partition) & (count - 1) }

    /// `submit` and `replay` count what they expect apart from the workers.
    public static let submission = 64
}
