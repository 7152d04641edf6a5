import Foundation

/// Where what can be had again is kept.
package enum CacheFolder {
    /// `$XDG_CACHE_HOME/entente/NAME`, or below `~/.cache`.
    package static func url(
        _ name: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> URL {
        let base =
            environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? (environment["HOME"] ?? NSTemporaryDirectory()) + "/.cache"
        return URL(fileURLWithPath: base).appendingPathComponent("entente/" + name, isDirectory: true)
    }
}
