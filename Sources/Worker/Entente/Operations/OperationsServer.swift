import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import Settings

/// Serves the operations endpoint while the pipeline runs: the server in Swift's task pool, the pipeline on threads of its own.
struct OperationsServer: Sendable {
    let address: OperationsAddress
    let endpoint: OperationsEndpoint
    let log: Logger

    /// A probe and a scraper or two keep a connection each; of more, those that ask nothing are closed.
    private let places = ConnectionPlaces(limit: 64)
    /// That may be open while some of them close.
    private static let connections = 256

    init(address: OperationsAddress, endpoint: OperationsEndpoint, log: Logger) {
        self.address = address
        self.endpoint = endpoint
        self.log = log
    }

    /// Listens, then runs `body` and gives what it gives; listens until the end of `body` however long a shutdown takes, so
    /// that probes are answered all the while.
    ///
    /// - Throws: ``CommandFailure`` if it can't listen there, before `body` is run; else what `body` throws.
    func whileServing(_ body: () async throws -> Void) async throws {
        let (ports, bound) = AsyncThrowingStream.makeStream(of: Int?.self)
        let application = makeApplication { port in
            bound.yield(port)
            bound.finish()
        }
        // Not awaited: a request that lasts must not hold up the end of the process.
        let serving = Task {
            do {
                try await application.run()
                bound.finish()
            } catch {
                bound.finish(throwing: error)
            }
        }
        defer { serving.cancel() }
        do {
            for try await port in ports { announce(port) }
        } catch {
            throw refusal(error)
        }
        try await body()
    }

    private func makeApplication(
        onPort: @escaping @Sendable (Int?) -> Void
    ) -> Application<RouterResponder<BasicRequestContext>> {
        var quiet = log
        // Its own notices say less than ours, and what it calls an error is an end that was asked for.
        quiet.logLevel = max(log.logLevel, .critical)
        return Application(
            router: endpoint.router(),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionPatience(places: places)], idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connections)),
            onServerRunning: { channel in onPort(channel.localAddress?.port) }, logger: quiet)
    }

    private func announce(_ port: Int?) {
        let bound = OperationsAddress(host: address.host, port: port ?? address.port)
        log.info("operations endpoint listens", metadata: ["http.address": "\(bound)"])
    }

    private func refusal(_ error: any Error) -> CommandFailure {
        CommandFailure(
            .unavailable, "\(Setting.httpAddress.variable) is \(address), and nothing can listen there: \(error).")
    }
}
