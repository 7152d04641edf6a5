import Analyzing
import Concepts
import Exploring
import Inference

/// Makes maps of texts for the explorer, as `dense` does, and keeps the model that was asked of last.
final class TextMapper {
    private let library: ModelLibrary
    private let limits: DecodingLimits
    private var held: (fingerprint: Analysis.ModelFingerprint, model: LoadedModel)?

    /// What is taken where an analysis has no dense method, the first that runs on its model: that of a single pass, then such as ask
    /// less of it.
    private static let customary: [DenseMethod] = [
        MethodParameters.Prompting.defaultDense, .clearclip, .maskclip, .raw,
    ]

    init(_ library: ModelLibrary, limits: DecodingLimits) {
        (self.library, self.limits) = (library, limits)
    }

    /// - Parameter picture: its file.
    func answer(_ request: TextMapRequest, picture: [UInt8]) -> TextMapAnswer {
        do { return .map(try map(request, picture)) } catch {
            let sentence = library.withoutPlaces("\(error)")
            return .refusal(sentence.hasSuffix(".") ? sentence : sentence + ".")
        }
    }

    private func map(_ request: TextMapRequest, _ picture: [UInt8]) throws -> TextMap {
        let model = try model(request.model)
        let method =
            request.dense ?? Self.customary.first { (try? model.transformer(for: $0)) != nil } ?? Self.customary[0]
        let vision = try model.transformer(for: method)
        let texts = try DenseTexts([request.text], templates: ["{}"], method: method, model: model)
        let fitted = try ImageDecoder.decode(picture, named: "the picture", limits: limits) { picture in
            model.preprocessor.fit(picture, as: request.fit)
        }
        let session = vision.dense(method, texts: texts.embeddings).session(batchSize: 1)
        let encoded = session.encode([model.preprocessor.input(fitted)], including: .dense)
        if let overflow = encoded.overflow(of: 0, named: "the picture") { throw overflow }
        let reading = DenseReading(
            method, patches: encoded.densePatches[0], image: Array(encoded.embeddings.row(0)), texts: texts,
            correlation: nil, score: model.clip.score)
        let head = TextMap.Head(
            dense: method, isOwn: request.dense != nil, score: model.clip.score?.kind.rawValue,
            frame: PictureFrame(request.fit, configuration: model.preprocessor.configuration), side: vision.gridWidth)
        return TextMap(
            head, presence: reading.presence[0], similarity: reading.similarity.elements,
            absolute: reading.absolute.elements)
    }

    private func model(_ fingerprint: Analysis.ModelFingerprint) throws -> LoadedModel {
        if let held, held.fingerprint == fingerprint { return held.model }
        // Before the next is read: one model is in memory at a time.
        held = nil
        guard let model = try library.model(fingerprint) else { throw ModelMissing(weights: fingerprint.weights) }
        held = (fingerprint, model)
        return model
    }
}
