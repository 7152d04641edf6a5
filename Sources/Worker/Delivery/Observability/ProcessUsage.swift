import Foundation
import Settings

/// What this process takes of the machine.
struct ProcessUsage: Sendable {
    let residentBytes: Int
    /// User and system, all threads.
    let cpuSeconds: Double
    /// Seconds since 1970.
    let startTime: Double
    /// Of the log, since the start.
    let lostLines: Int

    static var current: ProcessUsage {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let pages = fields("/proc/self/statm").dropFirst().first.flatMap { Int($0) } ?? 0
        return ProcessUsage(
            residentBytes: pages * Int(sysconf(Int32(_SC_PAGESIZE))),
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), startTime: startTime,
            lostLines: ErrorStream.dropped)
    }

    private static let startTime: Double = {
        // The 22nd field, counted from the end of the program's name, which may hold spaces.
        let status = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""
        let ticks = status.split(separator: ")").last?.split(separator: " ").dropFirst(19).first.flatMap { Double($0) }
        let boot = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8))?
            .split(separator: "\n").first { $0.hasPrefix("btime ") }?.split(separator: " ").last.flatMap { Double($0) }
        return (boot ?? 0) + (ticks ?? 0) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()

    private static func fields(_ path: String) -> [Substring] {
        ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: " ")
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
