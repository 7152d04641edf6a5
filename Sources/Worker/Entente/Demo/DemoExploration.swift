import Dispatch
import Exploring
import Fetch
import Foundation
import Persistence
import Settings
import Synchronization
import Threads

/// The explorer over a demo's results, until the person at the terminal has seen enough.
struct DemoExploration: Sendable {
    let settings: Settings
    let stop: StopSignal

    /// Listens on the address that was set, else where `explore` does; on another port if that is taken.
    ///
    /// - Parameter share: pictures lie below it.
    func run(over stage: DemoStage, picturesBelow share: String) throws {
        let limits = try settings.decodingLimits()
        let files = LocalFile(roots: FileRoots([share]), limit: limits.maxBytes)
        var places = [OperationsAddress(host: "127.0.0.1", port: 8080), OperationsAddress(host: "127.0.0.1", port: 0)]
        if let address = try settings.operationsAddress() { places = [address] }
        for (number, place) in places.enumerated() {
            var options = ExplorerServer.Options(host: place.host, port: place.port, share: share)
            options.takeAccess(from: settings)
            options.maps = try MapProvision(settings: settings, models: stage.modelPath)
            let server = try ExplorerServer(
                options, database: ConnectionTarget(uri: stage.uri), fetcher: ImageFetcher(files: files),
                limits: limits,
                log: settings.logger("entente.explore"))
            do {
                return try serve(server)
            } catch is SettingsError where number + 1 < places.count { continue }
        }
    }

    /// Blocks the demo's thread, which is one of its own.
    private func serve(_ server: ExplorerServer) throws {
        let end = Mutex<Result<Void, any Error>>(.success(()))
        let ended = DispatchSemaphore(value: 0)
        Task { [stop] in
            do {
                try await server.whileNotStopped(stop) { address in
                    DemoStage.say("look around at \(address) and end with Ctrl-C")
                }
            } catch { end.withLock { $0 = .failure(error) } }
            ended.signal()
        }
        ended.wait()
        try end.withLock { $0 }.get()
    }
}
