import Foundation

/// Where the demo's model, pictures and analysis are.
enum ShareFolder {
    /// `ENTENTE_SHARE`, else `share` next to the executable, else the checkout's that the executable was built in.
    static func find(_ settings: Settings) throws(CommandFailure) -> String {
        if let given = settings.value(.share) {
            guard holdsDemo(given) else {
                throw CommandFailure(
                    .usage, "\(Setting.share.variable) is \(given), which holds no demo/analysis.yaml.")
            }
            return given
        }
        let executable = URL(fileURLWithPath: FileRoots.resolved("/proc/self/exe") ?? CommandLine.arguments[0])
        var folder = executable.deletingLastPathComponent()
        while folder.path != "/" {
            let candidate = folder.appendingPathComponent("share").path
            if holdsDemo(candidate) { return candidate }
            folder.deleteLastPathComponent()
        }
        throw CommandFailure(
            .usage,
            "The demo's model and pictures were not found; set \(Setting.share.variable) to the folder that holds demo/."
        )
    }

    private static func holdsDemo(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/demo/analysis.yaml")
    }
}
