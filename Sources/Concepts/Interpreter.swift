import Inference

/// Phase 2 of the method: from embeddings to concepts and their agreement (docs/method.md §9–11).
public struct Interpreter: Sendable {
    /// How many of the most similar classes are reported.
    public static let topCount = 5

    private let text: TextSide
    private let method: MethodParameters

    public init(text: TextSide, method: MethodParameters) {
        self.text = text
        self.method = method
    }

    /// `[classes, e]`, rows of length 1: what a dense method that asks for texts is given.
    public var classEmbeddings: Matrix { text.classes.embeddings }

    /// Everything that is known about one image.
    ///
    /// - Parameters:
    ///   - imageEmbedding: `[e]` of the picture without prompts, not normalised.
    ///   - label: the true class's index, if known; used by `language.class: label` alone.
    ///   - parts: one a part method, in the order of ``MethodParameters/Parts/by``.
    ///   - flags: what happened to the image as a whole.
    public func findings(
        imageEmbedding: some Collection<Float>, label: Int?, parts: [EncodedParts],
        flags: Set<PartFindings.Flag> = []
    ) -> ImageFindings {
        let image = Self.unit(imageEmbedding)
        let top = prediction(image)
        let predicted = top[0].classIndex
        let languageClass =
            switch method.language.class {
            case .predicted: predicted
            case .label: label ?? predicted
            }
        let language = text.languageConcepts(ofClass: languageClass)
        return ImageFindings(top: top, partMethods: parts.map { findings(image: image, $0, language, flags) })
    }

    private func findings(
        image: [Float], _ parts: EncodedParts, _ language: [PartFindings.LanguageConcept],
        _ imageFlags: Set<PartFindings.Flag>
    ) -> PartFindings {
        let retrieved = ConceptRetrieval(text: text, parameters: method.retrieval).concepts(
            image: image, parts: parts.prompted.map(\.part),
            embeddings: Matrix(
                rows: parts.prompted.count, columns: image.count, elements: parts.prompted.flatMap(\.mean)))
        let languageDescriptors = Set(language.map(\.descriptor))
        var flags = imageFlags.union(parts.grouping.flags)
        if retrieved.candidatesExtended { flags.insert(.candidatesExtended) }
        if parts.prompted.contains(where: \.ellipseFallback) { flags.insert(.ellipseFallback) }
        return PartFindings(
            method: parts.grouping.method, key: method.key(of: parts.grouping.method),
            gridHeight: parts.grouping.gridHeight,
            gridWidth: parts.grouping.gridWidth, parts: parts.grouping.labels, boxes: parts.grouping.boxes,
            visionConcepts: retrieved.concepts, languageConcepts: language,
            agreement: Agreement(
                matches: retrieved.concepts.map { languageDescriptors.contains($0.descriptor) },
                languageCount: language.count, bankSize: text.descriptorCount),
            flags: PartFindings.Flag.allCases.filter(flags.contains))
    }

    private func prediction(_ image: [Float]) -> [ImageFindings.ClassSimilarity] {
        let similarities = text.classes.products(with: Matrix(rows: 1, columns: image.count, elements: image))
        return Ranking.top(Self.topCount, of: similarities.elements).map {
            ImageFindings.ClassSimilarity(classIndex: $0, similarity: similarities[0, $0])
        }
    }

    private static func unit(_ embedding: some Collection<Float>) -> [Float] {
        Matrix(rows: 1, columns: embedding.count, elements: Array(embedding)).rowsNormalized().elements
    }
}
