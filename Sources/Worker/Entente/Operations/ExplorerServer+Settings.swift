import Exploring
import Fetch
import Logging
import Persistence
import Settings
import Threads

extension ExplorerServer {
    private static let share = "explore/index.mustache"
    private static let standard = OperationsAddress(host: "127.0.0.1", port: 8080)

    /// By the settings, with the workers' rules for pictures.
    init(
        settings: Settings, database: ConnectionTarget, log: Logger, stop: StopSignal
    ) throws {
        let address = try settings.operationsAddress() ?? Self.standard
        let given = settings.value(.share)
        guard let share = ShareFolder.find(given, holding: Self.share) else {
            throw SettingsError(
                given.map { "\(Setting.share.variable) is \(quoted($0)), which holds no \(Self.share)." }
                    ?? "The explorer's templates were not found; set \(Setting.share.variable) to the folder that holds explore/."
            )
        }
        var options = Options(host: address.host, port: address.port, share: share)
        options.takeAccess(from: settings)
        options.maps = try MapProvision(settings: settings, models: settings.value(.modelPath))
        let limits = try settings.decodingLimits()
        let fetcher = ImageFetcher(
            files: LocalFile(roots: FileRoots(settings.paths(.fileRoots)), limit: limits.maxBytes),
            remote: try RemoteImages(settings: settings, limit: limits.maxBytes) { stop.isRequested })
        try self.init(options, database: database, fetcher: fetcher, limits: limits, log: log)
    }

    /// Serves until the stop is requested.
    ///
    /// - Parameter onListening: hears the address.
    func whileNotStopped(_ stop: StopSignal, onListening: @escaping @Sendable (String) -> Void) async throws {
        let serving = Task { try await run(onListening: onListening) }
        // A thread of its own waits, as Swift's pool must not.
        _ = WorkerThread("explore-stop") {
            while !stop.wait(3600) {}
            serving.cancel()
        }
        try await serving.value
    }
}

extension ExplorerServer.Options {
    /// Who may look.
    mutating func takeAccess(from settings: Settings) {
        token = settings.value(.exploreToken).flatMap { $0.isEmpty ? nil : $0 }
        trustedHeader = settings.value(.exploreTrustHeader).flatMap { $0.isEmpty ? nil : $0 }
        hosts = settings.value(.exploreHosts)
    }
}
