import Concepts
import Inference
import Jobs

extension ImageAnalyzer {
    /// The findings with what they were judged by, if the analysis asks for it (docs/method.md §20).
    ///
    /// - Parameters:
    ///   - embedding: of the image as it is.
    ///   - foreground: refined, if the analysis refines it.
    /// - Throws: ``ImageFailure`` if the encoder overflows on one of the pictures, and what `onEncode` threw.
    func judged(
        _ findings: ImageFindings, of image: PreparedImage, _ embedding: [Float], _ parts: ImageParts,
        within foreground: ForegroundPixels?
    ) throws -> ImageFindings {
        guard method.evaluation != nil else { return findings }
        let size = image.picture.width
        let plan = JudgingPlan(
            image.picture,
            explainers: findings.partMethods.map { found -> any Explainer in
                guard let grouping = parts.groupings.first(where: { $0.method == found.method }) else {
                    return ExtentsExplainer(found, size: size)
                }
                return PartsExplainer(found, grouping, within: foreground, size: size)
            },
            stages: parts.foregroundStages(refined: foreground, size: size), method: method,
            contentHash: image.contentHash)
        let rows = try embeddings(
            of: (0..<plan.count).lazy.map(plan.picture), named: "\(image.id.text), regions of it blurred")
        func answer(_ embedding: some Collection<Float>) -> MaskedAnswer {
            analysis.interpreter.answer(embedding, predicted: findings.predictedClass)
        }
        let whole = try promptedEmbedding(of: image, embedding)
        return findings.judged(by: plan.curves(rows.map { answer($0) }, whole: answer(whole), label: image.label))
    }

    /// The picture itself as what is made from it is encoded, so that only what was made of it tells them apart: `[e]`.
    ///
    /// - Parameter embedding: of it, in ``MethodParameters/picturePrecision``.
    private func promptedEmbedding(of image: PreparedImage, _ embedding: [Float]) throws -> [Float] {
        guard promptSession !== session else { return embedding }
        return try embeddings(of: CollectionOfOne(image.picture), named: image.id.text).flatMap { $0 }
    }
}
