import Analyzing
import Concepts
import Fetch
import Foundation
import Inference
import Jobs
import Settings

/// An analysis that is ready to run on local pictures: no Kafka, no database.
struct LocalAnalysis {
    let loaded: LoadedAnalysis
    private let pictures: LocalPictures

    /// - Parameters:
    ///   - path: of the analysis file, for messages.
    ///   - joint: whether the pictures are decomposed as one group, whatever the file says.
    ///   - smoothing: what a calibration found.
    /// - Throws: ``CommandFailure``, `InferenceError`.
    init(
        _ file: AnalysisFile, path: String, joint: Bool = false, smoothing: Smoothing? = nil, settings: Settings
    ) throws {
        BLAS.prepareForLanes()
        let content = file.analysis(
            model: try Analysis.ModelFingerprint(directory: file.modelDirectory), joint: joint, smoothing: smoothing)
        let model = try LoadedModel(directory: file.modelDirectory, form: content.visionForm)
        try file.check(content, on: model.directory.configuration, named: path)
        let log = try settings.logger("entente.analyze")
        if let warning = KernelSet.warning(for: content.method.precision) { log.warning("\(warning)") }
        let builder = TextSideBuilder(
            cache: TextCache(log: log), shared: nil, lanes: try settings.integer(.workerLanes, in: 1...512))
        let text = try builder.build(content, model: model)
        let heads = try HeadFile.heads(of: content, model: model, text: text) { method, hash in
            guard let folder = file.explainers[method]?.folder else { throw HeadMissing(method, hash: hash) }
            return folder
        }
        loaded = try LoadedAnalysis(content, model: model, text: text, heads: heads)
        pictures = try LocalPictures(settings: settings, preprocessor: loaded.preprocessor)
    }

    /// - Parameter label: index of the picture's class.
    func prepare(_ path: PathBytes, label: Int?) -> Result<PreparedImage, ImageFailure> {
        Result { () throws(ImageFailure) in
            let (picture, hash) = try pictures.load(path)
            return PreparedImage(
                id: Identifier("\(path)"), label: label, picture: loaded.fit(picture), contentHash: hash)
        }
    }

    /// The same of a path in words.
    func prepare(_ path: String, label: Int?) -> Result<PreparedImage, ImageFailure> {
        prepare(PathBytes(path), label: label)
    }
}
