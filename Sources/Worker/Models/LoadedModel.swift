import Concepts
import Inference

/// A model directory in memory: both encoders, the preprocessing that belongs to them, and the tokenizer if there is one.
struct LoadedModel: Sendable {
    let directory: ModelDirectory
    let clip: ClipModel
    let preprocessor: Preprocessor

    /// - Throws: `InferenceError` naming the file, field or tensor.
    init(directory path: String) throws(InferenceError) {
        directory = try ModelDirectory(path)
        clip = try ClipModel.load(directory)
        preprocessor = Preprocessor(
            configuration: try PreprocessConfiguration(
                json: [UInt8](directory.preprocessJSON), named: directory.configurationPath),
            imageSize: clip.vision.imageSize)
    }

    var vision: any VisionEncoder { clip.vision }
    /// e: the width of image and text embeddings alike.
    var embeddingWidth: Int { clip.vision.embeddingWidth }

    /// `[N, e]`, not normalised.
    ///
    /// - Throws: `InferenceError` if the directory has no usable vocabulary.
    func encodeTexts(_ texts: [String], batchSize: Int = 32) throws(InferenceError) -> (
        tokens: [[Int32]], embeddings: Matrix
    ) {
        let tokenizer = try directory.tokenizer()
        let tokens = texts.map(tokenizer.tokens)
        return (
            tokens,
            try clip.text.encode(tokens, pooling: tokenizer.pooling, in: clip.text.makeWorkspace(batchSize: batchSize))
        )
    }
}

extension ModelDirectory {
    /// - Throws: `InferenceError` naming the files that are missing or inconsistent.
    func tokenizer() throws(InferenceError) -> Tokenizer {
        try Tokenizer.load(
            directory: path, contextLength: configuration.text.contextLength, layout: layout.text,
            vocabularySize: configuration.text.vocabularySize)
    }
}

extension ModelConfiguration {
    /// Why an analysis with this method can't run on the model; nil if it can.
    func refusal(of method: MethodParameters) -> String? {
        for (key, dense) in [
            ("features.dense", method.features.denseMethod), ("prompting.dense", method.prompting.dense),
        ] {
            if let dense, let refusal = refusal(of: dense) { return "method.\(key): \(refusal)" }
        }
        guard method.features != .tokens, !vision.hasKeys else { return nil }
        return
            "method.features: \(method.features.rawValue) needs a vision transformer, and the model is a convolutional "
            + "network; write tokens."
    }
}
