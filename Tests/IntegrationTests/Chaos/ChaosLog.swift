import Foundation

/// What happened when, on standard error: what a failed run is understood by.
struct ChaosLog {
    private let start = ContinuousClock.now

    var seconds: Double { Double(start.duration(to: .now) / .milliseconds(1)) / 1000 }

    func note(_ event: String) {
        let line = String(format: "chaos %6.1f s: ", seconds) + event + "\n"
        FileHandle.standardError.write(Data(line.utf8))
    }
}
