import Concepts
import Inference

/// A model directory in memory: both encoders, the preprocessing that belongs to them, and the tokenizer if there is one.
package final class LoadedModel: Sendable {
    package let directory: ModelDirectory
    /// In 32-bit floats.
    package let clip: ClipModel
    /// The vision encoder in the precision that was asked for: what is made from a picture goes through it, and a picture of which
    /// nothing but the prediction is wanted. Of fp32 that of ``clip``.
    package let promptedVision: any VisionEncoder
    package let preprocessor: Preprocessor

    /// - Parameters:
    ///   - weights: SHA-256 of the weights, where it is known.
    ///   - form: of ``promptedVision``.
    ///   - other: the same model in another form: what they have in common is in memory once.
    ///   - cache: where pickled weights are converted to.
    /// - Throws: `InferenceError` naming the file, field or tensor.
    package init(
        directory path: String, weights: String? = nil, form: VisionForm = .floats, sharing other: LoadedModel? = nil,
        cache: ConvertedWeights = ConvertedWeights()
    ) throws(InferenceError) {
        directory = try ModelDirectory(path)
        let isNarrow = form != .floats
        let converted = other == nil || isNarrow ? try cache.weights(of: directory, hash: weights) : nil
        // First what may be of another model.
        let narrow =
            isNarrow
            ? try ClipModel.loadVision(
                directory, weights: converted, precision: form.precision, smoothing: form.smoothing) : nil
        clip = if let other { other.clip } else { try ClipModel.load(directory, weights: converted) }
        promptedVision = narrow ?? clip.vision
        preprocessor = try Preprocessor(directory, imageSize: clip.vision.imageSize)
    }

    package var vision: any VisionEncoder { clip.vision }
    /// e: the width of image and text embeddings alike.
    package var embeddingWidth: Int { clip.vision.embeddingWidth }

    /// The vision encoder, for a dense method to run beside it.
    ///
    /// - Throws: `InferenceError` saying why the method can't run on this model.
    package func transformer(for method: DenseMethod) throws(InferenceError) -> VisionTransformer {
        let refusal = directory.configuration.refusal(of: method)
        guard refusal == nil, let transformer = vision as? VisionTransformer else {
            let reason = refusal ?? "\(method.rawValue) needs a vision transformer; take one."
            throw InferenceError(.modelConfiguration, "\(directory.path): \(reason)")
        }
        return transformer
    }

    /// `[N, e]`, not normalised, by so many lanes.
    ///
    /// - Throws: `InferenceError` if the directory has no text encoder or no usable vocabulary, or for a text that overflows.
    package func encodeTexts(_ texts: [String], lanes: Int = 1) throws -> Matrix {
        try TextSession(self).encode(texts, lanes: lanes)
    }
}

extension ModelDirectory {
    /// - Throws: `InferenceError` naming the files that are missing or inconsistent.
    package func tokenizer() throws(InferenceError) -> Tokenizer {
        guard let text = configuration.text, let conventions = layout.text else { throw hasNoText }
        return try Tokenizer.load(
            directory: path, contextLength: text.contextLength, layout: conventions, kind: text.tokenizer,
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
    /// Why an analysis can't run on the model; nil if it can.
    package func refusal(of analysis: Analysis) -> String? {
        if let refusal = refusal(of: analysis.method) { return refusal }
        let problem = analysis.classifierProblem ?? analysis.explainerProblem ?? analysis.smoothingProblem
        if let problem { return problem }
        guard let weights = analysis.classifier?.weights else { return nil }
        guard weights.rows == analysis.classes.count, weights.columns == embeddingWidth else {
            return
                "classifier.file: its weights are \(weights.rows) × \(weights.columns), and \(analysis.classes.count) classes of "
                + "a model with embeddings of \(embeddingWidth) values need \(analysis.classes.count) × \(embeddingWidth); take the "
                + "classifier that was made with the model."
        }
        return nil
    }

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
