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
    /// it is a line that names the signal and the thread: threads of C libraries have names of their own. Core dumps
    /// are the system's and come either way.
    package static func turnOff(environment: [String: String] = ProcessInfo.processInfo.environment) {
        guard !isWanted(environment: environment) else { return }
        for number in signals { signal(number, lastWord) }
    }

    /// Takes neither memory nor a lock, since whoever was interrupted may hold them.
    private static let lastWord: @convention(c) (CInt) -> Void = { number in
        signal(number, SIG_DFL)
        write("entente: ended by signal ")
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2) { digits in
            digits[0] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number / 10)
            digits[1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number % 10)
            write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[(number < 10 ? 1 : 0)...]))
        }
        write(" in its thread ")
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { name in
            let file = ownName.withUTF8Buffer { path in
                path.withMemoryRebound(to: CChar.self) { open($0.baseAddress!, O_RDONLY | O_CLOEXEC) }  // never empty
            }
            // With a line break at its end.
            let count = max(0, read(file, name.baseAddress, name.count))
            write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(name)[..<count]))
        }
        // The signal is held back until this returns.
        raise(number)
    }

    private static let ownName: StaticString = "/proc/thread-self/comm"

    private static func write(_ text: StaticString) { text.withUTF8Buffer { write(UnsafeRawBufferPointer($0)) } }

    private static func write(_ bytes: UnsafeRawBufferPointer) {
        _ = Foundation.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
}
