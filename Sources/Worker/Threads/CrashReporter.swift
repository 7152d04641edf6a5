import Foundation

/// The Swift runtime's crash reporter, which stops every thread of a dying process, reads its memory and writes where each
/// was. Over a computing worker it takes long and may hang, and all that time the worker seems to live: its database session
/// and its partitions stay its own.
package enum CrashReporter {
    /// Environment variable of the Swift runtime; whoever sets it wants what it says.
    private static let variable = "SWIFT_BACKTRACE"
    /// What the reporter handles.
    private static let signals = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP]

    /// Whether the environment asks for reports.
    package static func isWanted(environment: [String: String] = ProcessInfo.processInfo.environment) -> Bool {
        environment[variable] != nil
    }

    /// Lets handlers hear of `abort()` on the calling thread: threads that come of Dispatch's have it blocked.
    static func unblockAborts() {
        var aborts = sigset_t()
        sigemptyset(&aborts)
        sigaddset(&aborts, SIGABRT)
        pthread_sigmask(SIG_UNBLOCK, &aborts, nil)
    }

    /// Lets a crash end the process at once, as it does without a reporter, unless the environment asks for reports. All that is left of
    /// it is a line that names the signal and the thread; of a fault in a thread of librdkafka's nothing, since it blocks all signals there.
    /// Core dumps are the system's and come either way.
    package static func turnOff(environment: [String: String] = ProcessInfo.processInfo.environment) {
        guard !isWanted(environment: environment) else { return }
        for number in signals { signal(number, lastWord) }
    }

    /// Takes neither memory nor a lock, since whoever was interrupted may hold them.
    private static let lastWord: @convention(c) (CInt) -> Void = { number in
        signal(number, SIG_DFL)
        // Nobody may be reading; then the process ends without it.
        signal(SIGALRM, SIG_DFL)
        alarm(2)
        withUnsafeTemporaryAllocation(byteCount: 96, alignment: 1) { line in
            var count = 0
            func add(_ byte: UInt8) {
                line[count] = byte
                count += 1
            }
            func add(_ text: StaticString) { text.withUTF8Buffer { for byte in $0 { add(byte) } } }
            add("entente: ended by signal ")
            if number > 9 { add(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number / 10)) }
            add(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number % 10))
            add(" in its thread ")
            let file = ownName.withUTF8Buffer { path in
                path.withMemoryRebound(to: CChar.self) { open($0.baseAddress!, O_RDONLY | O_CLOEXEC) }  // never empty
            }
            // At most fifteen bytes and a line break.
            count += max(0, read(file, line.baseAddress! + count, 16))
            if line[count - 1] != UInt8(ascii: "\n") { add(UInt8(ascii: "\n")) }
            _ = write(STDERR_FILENO, line.baseAddress, count)
        }
        // The signal is held back until this returns, unless who called this lets it through.
        raise(number)
    }

    private static let ownName: StaticString = "/proc/thread-self/comm"
}
