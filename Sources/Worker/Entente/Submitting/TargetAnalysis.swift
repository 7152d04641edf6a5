import Analyzing
import Concepts
import Delivery
import Foundation
import Inference
import Persistence

/// The analysis that images are sent under.
struct TargetAnalysis {
    let analysis: Analysis
    /// What it is registered as before images are sent; nil when it is registered already.
    let name: String?

    /// The one that a file describes.
    ///
    /// - Parameter smoothing: what a calibration found.
    /// - Throws: ``CommandFailure`` when this build or the model can't do it; `InferenceError` for the model.
    init(_ file: AnalysisFile, smoothing: Smoothing?) throws {
        let directory = try ModelDirectory(file.modelDirectory)
        let analysis = file.analysis(
            model: try Analysis.ModelFingerprint(directory: directory.path), smoothing: smoothing)
        try file.check(analysis, on: directory.configuration, named: file.name)
        self.init(analysis: analysis, name: file.name)
    }

    var isRegistered: Bool { name == nil }

    /// What `--to` means: a YAML file, else a registered analysis.
    ///
    /// - Parameter calibrate: asked for what a calibration finds, of a file.
    init(
        _ argument: String, share: String?, _ store: AnalysisStore, calibrate: (AnalysisFile) throws -> Smoothing?
    ) throws {
        let kind = (argument as NSString).pathExtension.lowercased()
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder)
        if kind == "yaml" || kind == "yml" || (exists && !isFolder.boolValue) {
            let file = try AnalysisFile(path: argument, share: share)
            StandardError.warn(file.warnings())
            try self.init(file, smoothing: calibrate(file))
            return
        }
        let id = try store.resolve(argument)
        guard let analysis = try store.load(id) else {
            throw CommandFailure(.badInput, "Analysis \(id) was deleted meanwhile.")
        }
        if let other = AnotherRevision(analysis, id: id) {
            throw CommandFailure(
                .badInput,
                "Analysis \(id) has method revision \(other.revision), and this build computes \(other.computed) for it, so "
                    + "its workers would wait with the jobs; name its YAML file, which registers it under \(other.computed)."
            )
        }
        self.init(analysis: analysis, name: nil)
    }

    private init(analysis: Analysis, name: String?) {
        self.analysis = analysis
        self.name = name
    }

    /// Makes sure that it is registered.
    func register(_ store: AnalysisStore) throws {
        if let name { try store.register(analysis, name: name) }
    }
}
