import Foundation

/// Bytes as people say them: `812 bytes`, `3.4 MB`.
func readableBytes(_ count: Int) -> String {
    switch count {
    case ..<1000: "\(count) bytes"
    case ..<1_000_000: String(format: "%.1f kB", Double(count) / 1e3)
    case ..<1_000_000_000: String(format: "%.1f MB", Double(count) / 1e6)
    default: String(format: "%.2f GB", Double(count) / 1e9)
    }
}
