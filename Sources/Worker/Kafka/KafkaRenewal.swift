/// When a client has to be made anew because its certificate or password was renewed: librdkafka reads them once, when a client
/// is made.
///
/// What works is left alone, be its files renewed or not; a client that can't connect is replaced as soon as what it would read
/// is other than what it has read. A value that belongs to one client's thread.
package struct KafkaRenewal: Sendable {
    private let read: @Sendable () throws -> KafkaClientConfiguration
    private var used: KafkaCredentials
    private var next = ContinuousClock.now

    /// Between two looks at the files.
    private static let interval = Duration.seconds(5)

    /// - Parameters:
    ///   - configuration: which the client was made of.
    ///   - read: reads the settings anew, and the files that they stand in.
    package init(
        _ configuration: KafkaClientConfiguration, read: @escaping @Sendable () throws -> KafkaClientConfiguration
    ) {
        used = KafkaCredentials(configuration)
        self.read = read
    }

    /// What to make another client of; nil: the present one stays.
    ///
    /// - Parameter isTroubled: whether it has lately failed to connect.
    package mutating func due(isTroubled: Bool, at now: ContinuousClock.Instant = .now) -> KafkaClientConfiguration? {
        guard isTroubled, next <= now else { return nil }
        next = now + Self.interval
        // Settings that can't be read now may be half-written.
        guard let fresh = try? read(), KafkaCredentials(fresh) != used else { return nil }
        return fresh
    }

    /// What to make another client of, be it the same as before; nil: the settings can't be read now.
    package func again() -> KafkaClientConfiguration? { try? read() }

    /// A client was made of it. Until then it is offered again: a certificate may be there before its key.
    package mutating func took(_ configuration: KafkaClientConfiguration) { used = KafkaCredentials(configuration) }
}
