import CPostgres
import Foundation
import Persistence
import Synchronization

/// A program started by this process, in a session of its own, so that Ctrl-C reaches only us.
///
/// Unless it reads a file, its standard input is a socket whose other end no other child inherits: it reads end-of-file
/// when this process lets go of it or ends in whatever way, `kill -9` included.
///
/// Foundation's `Process` learns of a child's end from a socket that other children inherit, and so may wait for ever;
/// here it is asked for with `waitpid`. Belongs to one thread.
package final class ChildProcess {
    package let pid: pid_t
    /// Our end of the socket; -1 once it is closed.
    private(set) var input: Int32
    private var status: Int32?

    private static let starting = Mutex(())

    /// Runs `body` while no child is being started. Until a child runs its program it has whatever is open here, so that
    /// a port that is let go of for a moment could not be taken again.
    package static func whileNoneStarts<Result, Failure>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try starting.withLock { _ throws(Failure) in try body() }
    }

    /// - Parameters:
    ///   - arguments: the program, looked up along the path, and what it is given.
    ///   - environment: all of it; nil: as ours.
    ///   - input: file that it reads; nil: see above.
    ///   - output: file that standard output is appended to; nil: the socket that standard input is.
    ///   - errors: file that standard error is appended to; nil: `output`, and ours without one.
    package init(
        _ arguments: [String], environment: [String: String]? = nil, input: String? = nil, output: String?,
        errors: String? = nil
    ) throws {
        precondition(input == nil || output != nil, "\(arguments[0]) reads a file, and is to answer on a socket")
        // A pair of sockets, because they can be made close-on-exec in one call and written to without SIGPIPE.
        var pipe: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &pipe) == 0 else { throw Self.failure("opening a socket", errno) }
        defer { close(pipe[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        } else {
            posix_spawn_file_actions_adddup2(&actions, pipe[0], 0)
        }
        let appending = O_WRONLY | O_CREAT | O_APPEND
        if let output {
            posix_spawn_file_actions_addopen(&actions, 1, output, appending, 0o600)
        } else {
            posix_spawn_file_actions_adddup2(&actions, pipe[0], 1)
        }
        if let errors {
            posix_spawn_file_actions_addopen(&actions, 2, errors, appending, 0o600)
        } else if output != nil {
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }
        // Whatever else is open here without close-on-exec (a broker's sockets, a pipe that somebody reads to its end)
        // must not stay open as long as the child lives.
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        // Signals that we ignore or block must not stay so in a server that is ended by them.
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let newSession: Int32 = 0x80  // POSIX_SPAWN_SETSID, which Glibc's module map leaves out
        posix_spawnattr_setflags(
            &attributes, Int16(newSession | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)))
        var made: pid_t = 0
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        argv.append(nil)
        defer { argv.forEach { free($0) } }
        var variables = environment.map { $0.map { strdup("\($0.key)=\($0.value)") } }
        variables?.append(nil)
        defer { variables?.forEach { free($0) } }
        let code = Self.whileNoneStarts {
            if let variables {
                posix_spawnp(&made, arguments[0], &actions, &attributes, argv, variables)
            } else {
                posix_spawnp(&made, arguments[0], &actions, &attributes, argv, environ)
            }
        }
        guard code == 0 else {
            close(pipe[1])
            throw Self.failure("starting \(arguments[0])", code)
        }
        pid = made
        self.input = pipe[1]
    }

    deinit { closeInput() }

    /// Writes to the child's standard input; a child that is gone does not matter.
    package func send(_ line: String) {
        guard input >= 0 else { return }
        let bytes = Array(line.utf8)
        _ = Glibc.send(input, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    package func closeInput() {
        if input >= 0 { close(input) }
        input = -1
    }

    /// How it ended: its exit code, or the signal that ended it as a negative number; nil while it runs.
    package var end: Int32? {
        poll().map { $0 & 0x7F == 0 ? ($0 >> 8) & 0xFF : -($0 & 0x7F) }
    }

    /// Sends a signal, unless it has ended.
    package func signal(_ number: Int32) {
        if poll() == nil { kill(pid, number) }
    }

    /// The raw status, or nil while it runs.
    func poll() -> Int32? {
        if let status { return status }
        var raw: Int32 = 0
        if waitpid(pid, &raw, WNOHANG) == pid { status = raw }
        return status
    }

    /// Waits for its end.
    package func wait() {
        guard status == nil else { return }
        var raw: Int32 = 0
        while waitpid(pid, &raw, 0) < 0 && errno == EINTR {}
        status = raw
    }

    /// Runs a program to its end, with nothing to read, and gives what it printed.
    ///
    /// - Throws: ``PersistenceError`` with the last lines it printed, when it does not exit with 0.
    @discardableResult
    static func output(of arguments: [String], as user: UnprivilegedUser? = nil) throws -> String {
        let file = FileManager.default.temporaryDirectory.path + "/entente-\(UUID().uuidString).out"
        defer { unlink(file) }
        let child = try ChildProcess((user?.prefix ?? []) + arguments, output: file)
        child.closeInput()
        child.wait()
        let printed = String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
        guard child.poll() == 0 else {
            let last = printed.split(whereSeparator: \.isNewline).suffix(4).joined(separator: "; ")
            throw PersistenceError(.cluster, "\(arguments[0]) failed: \(last)")
        }
        return printed
    }

    private static func failure(_ doing: String, _ code: Int32) -> PersistenceError {
        PersistenceError(.cluster, "\(doing) failed: \(String(cString: strerror(code)))")
    }
}
