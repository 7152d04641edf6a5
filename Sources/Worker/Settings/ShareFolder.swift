import Foundation

/// What comes with the program: the demo's model, pictures and analysis, and sets of templates.
package enum ShareFolder {
    static let demo = "demo/analysis.yaml"

    /// The folder that holds `file`: the one given, else `share` next to the executable or in a folder above it, which
    /// is the checkout's that the executable was built in. nil if there is none.
    package static func find(_ given: String?, holding file: String) -> String? {
        if let given { return holds(given, file) ? given : nil }
        let executable = URL(
            fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
                ?? CommandLine.arguments[0])
        var folder = executable.deletingLastPathComponent()
        while folder.path != "/" {
            let candidate = folder.appendingPathComponent("share").path
            if holds(candidate, file) { return candidate }
            folder.deleteLastPathComponent()
        }
        return nil
    }

    /// As ``find(_:holding:)`` for the demo, by the settings.
    package static func findDemo(_ settings: Settings) throws(SettingsError) -> String {
        let given = settings.value(.share)
        if let found = find(given, holding: demo) { return found }
        throw SettingsError(
            given.map { "\(Setting.share.variable) is \($0), which holds no \(demo)." }
                ?? "The demo's model and pictures were not found; set \(Setting.share.variable) to the folder that holds "
                + "demo/.")
    }

    private static func holds(_ folder: String, _ file: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/" + file)
    }
}
