import Concepts
import Inference

/// Fits the layers that int8 narrows to a model, by pictures that go through its vision encoder as those of an analysis do.
package final class ModelCalibrator {
    private let calibration: Calibration
    package let preprocessor: Preprocessor
    private let session: any VisionSession

    /// Pictures that are best given at once.
    package static let batchSize = 8

    /// - Parameters:
    ///   - path: of the model's directory.
    ///   - cache: where pickled weights are converted to.
    /// - Throws: `InferenceError` naming the file, field or tensor.
    package init(directory path: String, cache: ConvertedWeights = ConvertedWeights()) throws(InferenceError) {
        let directory = try ModelDirectory(path)
        calibration = try Calibration(directory, weights: cache.weights(of: directory, hash: nil))
        preprocessor = try Preprocessor(directory, imageSize: calibration.vision.imageSize)
        session = calibration.vision.session(batchSize: Self.batchSize)
    }

    /// Layers that int8 narrows.
    package var layers: Int { calibration.layers }

    /// - Parameter pictures: S×S, as the analysis fits them, each with what it is called in messages.
    /// - Throws: `InferenceError` for a picture on which the encoder overflows.
    package func see(_ pictures: [(name: String, picture: Picture)]) throws(InferenceError) {
        let encoded = session.encode(pictures.map { preprocessor.input($0.picture) })
        for (place, (name, _)) in pictures.enumerated() {
            if let overflow = encoded.overflow(of: place, named: name) { throw overflow }
        }
    }

    /// What fits best to the pictures that were seen.
    package func smoothing() throws(InferenceError) -> Smoothing { try calibration.smoothing() }
}

extension Preprocessor {
    /// - Throws: `InferenceError` naming the field of the model's configuration.
    init(_ directory: ModelDirectory, imageSize: Int) throws(InferenceError) {
        self.init(
            configuration: try PreprocessConfiguration(
                json: [UInt8](directory.preprocessJSON), named: directory.configurationPath),
            imageSize: imageSize)
    }
}
