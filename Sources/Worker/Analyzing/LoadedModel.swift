import Concepts
import Inference

/// A model directory in memory: both encoders, the preprocessing that belongs to them, and the tokenizer if there is one.
package final class LoadedModel: Sendable {
    package let directory: ModelDirectory
    package let clip: ClipModel
    package let preprocessor: Preprocessor

    /// - Throws: `InferenceError` naming the file, field or tensor.
    package init(directory path: String) throws(InferenceError) {
        directory = try ModelDirectory(path)
        clip = try ClipModel.load(directory)
        preprocessor = Preprocessor(
            configuration: try PreprocessConfiguration(
                json: [UInt8](directory.preprocessJSON), named: directory.configurationPath),
            imageSize: clip.vision.imageSize)
    }

    package var vision: any VisionEncoder { clip.vision }
    /// e: the width of image and text embeddings alike.
    package var embeddingWidth: Int { clip.vision.embeddingWidth }

    /// `[N, e]`, not normalised.
    ///
    /// - Throws: `InferenceError` if the directory has no text encoder or no usable vocabulary.
    package func encodeTexts(_ texts: [String], batchSize: Int = 32) throws(InferenceError) -> (
        tokens: [[Int32]], embeddings: Matrix
    ) {
        try TextSession(self, batchSize: batchSize).encode(texts)
    }
}

extension ModelDirectory {
    /// - Throws: `InferenceError` naming the files that are missing or inconsistent.
    package func tokenizer() throws(InferenceError) -> Tokenizer {
        guard let text = configuration.text, let conventions = layout.text else { throw hasNoText }
        return try Tokenizer.load(
            directory: path, contextLength: text.contextLength, layout: conventions,
            vocabularySize: text.vocabularySize)
    }

    /// What work on texts is told by a vision trunk on its own.
    var hasNoText: InferenceError {
        InferenceError(
            .modelConfiguration,
            "\(path) is a vision trunk without a text encoder, so nothing can be compared with texts; take a CLIP model, or "
                + "ask for patch features alone (entente encode)")
    }
}

extension ModelConfiguration {
    /// Why an analysis with this method can't run on the model; nil if it can.
    package func refusal(of method: MethodParameters) -> String? {
        for (key, dense) in [
            ("features.dense", method.features.denseMethod), ("prompting.dense", method.prompting.dense),
        ] {
            if let dense, let refusal = refusal(of: dense) { return "method.\(key): \(refusal)" }
        }
        if text == nil {
            return "the model is a vision trunk without a text encoder, and an analysis needs both; take a CLIP model."
        }
        guard method.features != .tokens, !vision.hasKeys else { return nil }
        return
            "method.features: \(method.features.rawValue) needs a vision transformer, and the model is a convolutional "
            + "network; write tokens."
    }
}
