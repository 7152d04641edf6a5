import Foundation
import Persistence

/// A PostgreSQL server of our own: made by initdb in a folder of its own, reachable over a unix socket in that
/// folder and nothing else, ended with this process.
///
/// A small shell stands between this process and the server and reads a pipe from us. When the pipe closes, because
/// ``stop()`` closed it or this process died in whatever way, the shell shuts the server down (fast) and removes the
/// folder if it was a temporary one. No other cluster is ever looked for or touched.
package final class PrivateCluster {
    package struct Options: Sendable {
        /// A folder that does not exist yet or is empty, or was used before; nil for a temporary one.
        package var folder: String?
        /// Survives a power failure. Trials are faster without.
        package var durable = true
        package var maximumConnections = 100
        package init() {}
    }

    /// Holds data, socket and log.
    package let folder: String
    /// What the server's log is written to.
    package let log: String
    /// Size of the log before this start; a folder may have been used before.
    private let logStart: Int
    private let child: ChildProcess
    private let socket: String
    private let isTemporary: Bool
    private static let superuser = "entente"

    /// Makes the cluster, unless `folder` holds one already, and starts it; a few seconds.
    ///
    /// - Throws: ``PersistenceError`` of code `cluster`; nothing is left running.
    package init(_ options: Options = Options()) throws {
        let binaries = try PostgresBinaries.find()
        let user = try UnprivilegedUser.needed()
        isTemporary = options.folder == nil
        folder = try Self.makeFolder(options.folder, for: user)
        log = folder + "/log"
        socket = folder + "/socket"
        let data = folder + "/data"
        do {
            try Self.makeFolder(at: socket, for: user)
            try Self.checkSocketPath(socket)
            if !FileManager.default.fileExists(atPath: data + "/PG_VERSION") {
                try ChildProcess.output(
                    of: [
                        binaries.initdb, "-D", data, "-U", Self.superuser, "--auth=trust", "--encoding=UTF8",
                        "--no-locale", "--no-instructions",
                    ] + (options.durable ? [] : ["--no-sync"]), as: user)
            }
            var settings = [
                "listen_addresses=", "unix_socket_directories=\(socket)", "unix_socket_permissions=0700",
                "max_connections=\(options.maximumConnections)", "log_min_messages=warning", "timezone=UTC",
            ]
            if !options.durable { settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] }
            let server = [binaries.postgres, "-D", data] + settings.flatMap { ["-c", $0] }
            logStart = (try? Data(contentsOf: URL(filePath: log)).count) ?? 0
            child = try ChildProcess(
                (user?.prefix ?? []) + ["/bin/sh", "-c", Self.guardian, "sh", isTemporary ? folder : ""] + server,
                output: log)
        } catch {
            if isTemporary { try? FileManager.default.removeItem(atPath: folder) }
            throw error
        }
        do { try waitUntilReady() } catch {
            stop()
            throw error
        }
    }

    deinit { stop() }

    /// A URI for one of its databases; `postgres` is there from the start.
    package func uri(database: String = "postgres") -> String {
        // Everything but letters and digits, so that any folder name and database name passes.
        let host = socket.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? socket
        let name = database.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? database
        return "postgresql:///\(name)?host=\(host)&user=\(Self.superuser)"
    }

    /// The server's process id; nil once it has ended.
    package var server: Int32? {
        guard let text = try? String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8) else {
            return nil
        }
        return text.split(whereSeparator: \.isNewline).first.flatMap { Int32($0) }
    }

    /// Shuts the server down, fast, and waits for its end; does nothing the second time.
    package func stop() {
        child.closeInput()
        child.wait()
    }

    /// Leaves the server running when this process ends. It is then the caller's duty to say how to end it:
    /// ``server`` and SIGINT.
    package func keep() {
        child.send("keep\n")
        child.closeInput()
    }

    // MARK: Starting

    /// `$1` is a folder to remove at the end, or empty; the rest is the server.
    private static let guardian = """
        remove=$1; shift
        "$@" </dev/null & server=$!
        if read -r word && [ "$word" = keep ]; then exit 0; fi
        kill -INT "$server" 2>/dev/null
        wait "$server"
        if [ -n "$remove" ]; then rm -rf -- "$remove"; fi
        """

    private func waitUntilReady() throws {
        let deadline = Date().addingTimeInterval(60)
        while true {
            do {
                _ = try Connection(uri: uri(), settings: SessionSettings(applicationName: "entente cluster"))
                return
            } catch let error as PersistenceError {
                // The shell outlives a server that could not start, so the log says whether it did.
                let printed = (try? Data(contentsOf: URL(filePath: log)).dropFirst(logStart)) ?? Data()
                let lines = String(decoding: printed, as: UTF8.self).split(whereSeparator: \.isNewline)
                if lines.contains(where: { $0.contains("FATAL:") && !Self.isComing($0) }) {
                    throw PersistenceError(
                        .cluster, "the PostgreSQL server did not start: \(lines.suffix(3).joined(separator: "; "))")
                }
                guard child.poll() == nil, Date() < deadline else {
                    throw PersistenceError(.cluster, "the PostgreSQL server did not start: \(error.description)")
                }
                usleep(20_000)
            }
        }
    }

    /// Whether the server only puts a session off, while it starts or recovers from a crash.
    static func isComing(_ line: some StringProtocol) -> Bool {
        ["starting up", "not yet accepting connections", "in recovery mode"].contains { line.contains($0) }
    }

    /// A unix socket's address has 107 bytes, of which the server's file takes the last part.
    private static func checkSocketPath(_ socket: String) throws {
        let path = socket + "/.s.PGSQL.5432"
        guard path.utf8.count <= 107 else {
            throw PersistenceError(
                .cluster, "the folder \(socket) is too deep for a unix socket (107 bytes at most); choose a shorter one"
            )
        }
    }

    private static func makeFolder(_ wanted: String?, for user: UnprivilegedUser?) throws -> String {
        if let wanted {
            let path = wanted.hasPrefix("/") ? wanted : FileManager.default.currentDirectoryPath + "/" + wanted
            try makeFolder(at: path, for: user)
            return path
        }
        var template = Array("/tmp/entente-postgres-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw PersistenceError(.cluster, "can't make a folder in /tmp: \(String(cString: strerror(errno)))")
        }
        // Not the pointer that came back: it is the template's, which need not outlive the call.
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        try own(path, user)
        return path
    }

    private static func makeFolder(at path: String, for user: UnprivilegedUser?) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw PersistenceError(.cluster, "can't make the folder \(path)") }
        try own(path, user)
    }

    private static func own(_ path: String, _ user: UnprivilegedUser?) throws {
        guard let user, chown(path, user.uid, user.gid) != 0 else { return }
        throw PersistenceError(.cluster, "can't give \(path) to another user: \(String(cString: strerror(errno)))")
    }
}
