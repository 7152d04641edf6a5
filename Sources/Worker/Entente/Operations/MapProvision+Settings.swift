import Exploring
import Foundation
import Inference
import Settings

extension MapProvision {
    /// Of the command that the child runs.
    static let commandName = "explore-maps"

    /// What the child is given of our environment beside what it is told: no credential is among it.
    private static let inherited: Set = [
        "PATH", "HOME", "XDG_CACHE_HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE",
        "SWIFT_BACKTRACE", KernelSet.variable,
    ]

    /// - Parameter models: folders that models are looked for in; colon-separated.
    init(
        settings: Settings, models: String?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(SettingsError) {
        let idle = try settings.integer(.exploreMapIdle, in: 0...86_400)
        guard idle > 0 else {
            self = .none("Maps of texts are switched off here: \(Setting.exploreMapIdle.variable) is 0.")
            return
        }
        guard let models, !models.isEmpty else {
            self = .none(
                "Maps of texts take the model that an analysis was made with: start the explorer with "
                    + "\(Setting.modelPath.variable) set to the folder that holds it.")
            return
        }
        let limits = try settings.decodingLimits()
        self = .child(
            MapChildOptions(
                command: [
                    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path, Self.commandName,
                ],
                environment: environment.filter { Self.inherited.contains($0.key) }.merging([
                    Setting.modelPath.variable: models, Setting.imageMaxBytes.variable: String(limits.maxBytes),
                    Setting.imageMaxPixels.variable: String(limits.maxPixels),
                ]) { $1 }, idle: .seconds(idle)))
    }
}
