import Foundation
import Persistence

@testable import Processes

/// A PostgreSQL server that can be stopped and started again. Belongs to one thread.
final class DatabaseServer {
    /// How it is stopped.
    enum Mode: String, CaseIterable {
        /// Open transactions are rolled back, everything is written out.
        case fast
        /// As if the server had crashed: the next start recovers from the write-ahead log.
        case immediate
    }

    private let folder: String
    private let durable: Bool
    private var cluster: PrivateCluster?
    let uri: String

    /// - Parameters:
    ///   - folder: does not exist yet.
    ///   - durable: whether what was committed outlives an immediate stop, as it does where nobody asks for less.
    init(folder: String, durable: Bool = false) throws {
        self.folder = folder
        self.durable = durable
        let cluster = try Self.cluster(folder, durable)
        self.cluster = cluster
        uri = cluster.uri()
    }

    private static func cluster(_ folder: String, _ durable: Bool) throws -> PrivateCluster {
        var options = PrivateCluster.Options()
        options.folder = folder
        options.durable = durable
        return try PrivateCluster(options)
    }

    /// The unix socket that it listens on.
    var socket: String { folder + "/socket/.s.PGSQL.5432" }

    /// A database's URI; the server need not run.
    func uri(database: String) -> String { uri.replacing("///postgres?", with: "///\(database)?") }

    func start() throws { if cluster == nil { cluster = try Self.cluster(folder, durable) } }

    /// From now on nothing of it answers, and every connection to it stays open.
    func suspend() { signalAll(SIGSTOP) }

    func resume() { signalAll(SIGCONT) }

    /// The first process and its children, one of which has each session.
    private func signalAll(_ signal: Int32) {
        guard let server = cluster?.server else { return }
        let children = (try? String(contentsOfFile: "/proc/\(server)/task/\(server)/children", encoding: .utf8)) ?? ""
        for process in [server] + children.split(separator: " ").compactMap({ Int32($0) }) { kill(process, signal) }
    }

    func stop(_ mode: Mode = .fast) {
        if mode == .immediate, let server = cluster?.server { kill(server, SIGQUIT) }
        cluster?.stop()
        cluster = nil
    }
}
