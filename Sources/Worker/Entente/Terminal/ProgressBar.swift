import Foundation
import Settings
import Threads

/// How far a long run is: a bar that moves on a terminal, a line now and then elsewhere.
struct ProgressBar {
    var total: Int
    /// What was done before anybody looked, which says nothing of the rate.
    private let before: Int
    private let what: String?
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let start = ContinuousClock.now
    private var lastLine = ContinuousClock.now
    private static let width = 32

    init(total: Int, of what: String = "images", before: Int = 0) {
        self.total = total
        self.what = what
        self.before = before
    }

    /// Of bytes, in their own units.
    init(totalBytes: Int, before: Int) {
        total = totalBytes
        what = nil
        self.before = before
    }

    mutating func show(_ done: Int) {
        let seconds = Double(start.duration(to: .now).microseconds) / 1e6
        let numbers =
            if let what {
                Self.numbers(done, of: total, what, before: before, seconds: seconds)
            } else {
                Self.bytes(done, of: total, before: before, seconds: seconds)
            }
        if isTerminal {
            let filled = total > 0 ? min(Self.width * done / total, Self.width) : Self.width
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
            // To the end of the line: what was longer before goes.
            write("\r  \(bar) \(numbers)\u{1B}[K")
        } else if lastLine.duration(to: .now) > .seconds(5) {
            lastLine = .now
            write("  \(numbers)\n")
        }
    }

    func finish() {
        if isTerminal { write("\n") }
    }

    /// Counts; the rate, as soon as there is one to speak of; and the time left, while something moves and is left.
    static func numbers(
        _ done: Int, of total: Int, _ what: String = "images", before: Int, seconds: Double
    ) -> String {
        guard seconds >= 0.1 else { return "\(done)/\(total) \(what)" }
        let rate = Double(max(done - before, 0)) / seconds
        let left = rate > 0 && done < total ? ", about \(readableDuration(Double(total - done) / rate)) left" : ""
        return "\(done)/\(total) \(what), \(String(format: "%.1f", rate)) a second\(left)"
    }

    /// As ``numbers(_:of:_:before:seconds:)``.
    static func bytes(_ done: Int, of total: Int, before: Int, seconds: Double) -> String {
        let counts = "\(readableBytes(done)) of \(readableBytes(total))"
        guard seconds >= 0.1 else { return counts }
        let rate = Double(max(done - before, 0)) / seconds
        let left = rate > 0 && done < total ? ", about \(readableDuration(Double(total - done) / rate)) left" : ""
        return "\(counts), \(readableBytes(Int(rate))) a second\(left)"
    }

    private func write(_ text: String) { ErrorStream.write(text) }
}
