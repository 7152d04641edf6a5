/// How long an exchange may take.
package struct HTTPLimits: Sendable {
    /// Seconds until there is a connection.
    package var connect = 10.0
    /// Seconds for the whole exchange; nil: as long as enough comes.
    package var total: Double?
    /// Seconds for which fewer than ``slowest`` bytes a second may come.
    package var stalled = 20
    /// Bytes a second.
    package var slowest = 1024

    package init(connect: Double = 10, total: Double? = nil, stalled: Int = 20, slowest: Int = 1024) {
        self.connect = connect
        self.total = total
        self.stalled = stalled
        self.slowest = slowest
    }
}
