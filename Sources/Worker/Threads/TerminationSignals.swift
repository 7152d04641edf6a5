import Foundation

/// SIGTERM and SIGINT as a wish to stop; a second one ends the process at once.
///
/// Plain handlers, because they are in force when the initializer returns; a dispatch source is so only some time
/// later, and loses what comes before.
package enum TerminationSignals {
    /// Where the handlers write to. Handlers may be inside any code, so one byte into a pipe is all they do.
    private nonisolated(unsafe) static var channel: (read: Int32, write: Int32) = (-1, -1)

    /// From now on signals are kept for ``become(_:)``; once in a process, as early as it can be.
    package static func listen() {
        guard channel.read < 0 else { return }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        channel = (ends[0], ends[1])
        for number in [SIGTERM, SIGINT] {
            signal(number) { number in
                let before = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(TerminationSignals.channel.write, &byte, 1)
                errno = before
            }
        }
    }

    /// Once in a process.
    package static func become(_ stop: StopSignal) {
        listen()
        _ = WorkerThread("signals") { obey(stop) }
    }

    private static func obey(_ stop: StopSignal) {
        var byte: UInt8 = 0
        while true {
            let count = read(channel.read, &byte, 1)
            guard count == 1 else {
                if count < 0, errno == EINTR { continue }
                return
            }
            if stop.isRequested { _exit(128 + Int32(byte)) }
            stop.request()
        }
    }
}
