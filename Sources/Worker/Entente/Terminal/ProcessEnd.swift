import Foundation

/// How a process of ours ends.
enum ProcessEnd {
    /// Calls none of the functions that libraries leave for a process's end: they free what threads of theirs still use, those of
    /// a Kafka client that had to be abandoned for one.
    static func leave(with code: Int32) -> Never {
        fflush(nil)
        _exit(code)
    }
}
