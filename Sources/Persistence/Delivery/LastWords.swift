import CPostgres
import Foundation

/// A session in which a process that traps says so before it ends: from outside, a fault of its own and a kill look the same.
///
/// One a process. Nothing else is said there, so that it is free at any moment; it is lost with the connection, and then a trap
/// counts as a kill.
public final class LastWords {
    private let connection: Connection

    /// What ends a process by a fault of its own.
    private static let signals = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP]

    /// Prepares the words of a worker.
    ///
    /// - Parameter owner: as it claims partitions.
    public init(_ connection: Connection, owner: String) {
        self.connection = connection
        words = strdup("SELECT entente.note_trap('" + owner.replacing("'", with: "''") + "')")
        session = connection.handle
        var action = sigaction()
        action.__sigaction_handler.sa_sigaction = speak
        action.sa_flags = Int32(bitPattern: UInt32(SA_SIGINFO) | UInt32(SA_RESETHAND) | UInt32(SA_NODEFER))
        var former = sigaction()
        sigaction(SIGSEGV, nil, &former)
        if former.sa_flags & SA_SIGINFO == 0 { successor = former.__sigaction_handler.sa_handler }
        for number in Self.signals { sigaction(number, &action, nil) }
    }

    /// Sees that the session is there.
    public func tend() throws {
        if !connection.isConnected { session = nil }
        defer { session = connection.isConnected ? connection.handle : nil }
        try connection.exec("")
    }
}

// What the handler reads: without an initialiser to run, and set before it is installed.
nonisolated(unsafe) private var words: UnsafeMutablePointer<CChar>?
nonisolated(unsafe) private var session: OpaquePointer?
/// What heard of the signals before, and has the last word; nil: nobody did.
nonisolated(unsafe) private var successor: (@convention(c) (Int32) -> Void)?

/// Not among what POSIX lets a handler do, strictly: libpq may want memory whose lock the fault left locked. Then the alarm ends
/// the process without words.
private func speak(_ number: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?) {
    let isFromOutside = info.map { $0.pointee.si_code <= 0 && $0.pointee._sifields._kill.si_pid != getpid() } ?? false
    if !isFromOutside, let session, let words {
        signal(SIGALRM, SIG_DFL)
        alarm(2)
        if PQsendQuery(session, words) == 1 {
            // The answer says that it is in the table; without it the server has the words all the same.
            var answer = pollfd(fd: PQsocket(session), events: Int16(POLLIN), revents: 0)
            poll(&answer, 1, 1000)
        }
    }
    if let successor { successor(number) } else { raise(number) }
}
