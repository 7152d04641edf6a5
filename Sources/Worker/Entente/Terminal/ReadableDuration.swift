import Foundation

/// Seconds as people say them, rounded up: `45 s`, `12 min`, `3.5 h`.
func readableDuration(_ seconds: Double) -> String {
    switch seconds {
    case ..<120: "\(Int(seconds.rounded(.up))) s"
    case ..<7200: "\(Int((seconds / 60).rounded(.up))) min"
    default: String(format: "%.1f h", seconds / 3600)
    }
}
