/// How long an exchange may take.
struct HTTPLimits: Sendable {
    /// Seconds until there is a connection.
    var connect = 10.0
    /// Seconds for the whole exchange; nil: as long as enough comes.
    var total: Double?
    /// Seconds for which fewer than ``slowest`` bytes a second may come.
    var stalled = 20
    /// Bytes a second.
    var slowest = 1024
}
