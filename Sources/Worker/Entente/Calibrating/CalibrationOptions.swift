import Analyzing
import ArgumentParser
import Concepts
import Inference
import Settings

/// What commands take that make an analysis of a file.
struct CalibrationOptions: ParsableArguments {
    static let name = "--calibration"

    @Option(
        help: ArgumentHelp(
            "Pictures to fit int8 to the model's outliers by, none of those that are analysed; what comes of them is part of the analysis.",
            valueName: "dir"))
    var calibration: String?

    /// - Parameters:
    ///   - path: of the analysis file, for messages.
    ///   - common: a picture that is analysed and one of these, nil if there is none.
    /// - Returns: nil if it was not asked for.
    /// - Throws: ``CommandFailure`` for an analysis that narrows nothing, and for pictures that can't be calibrated by.
    func smoothing(
        of file: AnalysisFile, path: String, settings: Settings, common: (CalibrationTraits) throws -> String?
    ) throws -> Smoothing? {
        guard let calibration else { return nil }
        guard file.method.precision == .int8 else {
            throw CommandFailure(
                .usage,
                "\(Self.name) is about int8, and \(path) computes in \(file.method.precision.rawValue) (method.precision); leave it out."
            )
        }
        // What needs no calibration to be refused.
        let directory = try ModelDirectory(file.modelDirectory)
        let plain = file.analysis(model: try Analysis.ModelFingerprint(directory: directory.path))
        try file.check(plain, on: directory.configuration, named: path)
        return try CalibrationPictures(calibration).smoothing(of: file, settings: settings, common: common)
    }
}
