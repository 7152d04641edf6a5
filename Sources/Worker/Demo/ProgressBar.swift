import Foundation

/// How far a long run is: a bar that moves on a terminal, a line now and then elsewhere.
struct ProgressBar {
    let total: Int
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let start = ContinuousClock.now
    private var lastLine = ContinuousClock.now
    private static let width = 32

    init(total: Int) { self.total = total }

    mutating func show(_ done: Int) {
        let seconds = Double(start.duration(to: .now).microseconds) / 1e6
        let rate = seconds > 0 ? Double(done) / seconds : 0
        let numbers = "\(done)/\(total) images, \(String(format: "%.1f", rate)) a second"
        if isTerminal {
            let filled = total > 0 ? Self.width * done / total : Self.width
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
            write("\r  \(bar) \(numbers)   ")
        } else if lastLine.duration(to: .now) > .seconds(5) {
            lastLine = .now
            write("  \(numbers)\n")
        }
    }

    func finish() {
        if isTerminal { write("\n") }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
