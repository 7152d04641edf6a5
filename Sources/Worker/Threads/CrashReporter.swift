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

    /// Lets a crash end the process at once, as it does without a reporter, unless the environment asks for reports. Core dumps
    /// are the system's and come either way.
    package static func turnOff(environment: [String: String] = ProcessInfo.processInfo.environment) {
        guard !isWanted(environment: environment) else { return }
        for number in signals { signal(number, SIG_DFL) }
    }
}
