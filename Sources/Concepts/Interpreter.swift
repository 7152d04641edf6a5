import Inference

/// Phase 2 of the method: from embeddings to concepts and their agreement (docs/method.md §9–11).
public struct Interpreter: Sendable {
    /// How many of the most similar classes are reported.
    public static let topCount = 5

    let text: TextSide
    let method: MethodParameters
    private let score: LogitScore?

    /// - Parameter score: the model's; only of a sigmoid are there probabilities.
    public init(text: TextSide, method: MethodParameters, score: LogitScore? = nil) {
        self.text = text
        self.method = method
        self.score = score?.kind == .sigmoid ? score : nil
    }

    /// `[classes, e]`, rows of length 1: what a dense method that asks for texts is given.
    public var classEmbeddings: Matrix { text.classes.embeddings }

    /// `[descriptors, e]`, each on its own, rows of length 1.
    public var bareEmbeddings: Matrix { text.bare.embeddings }

    /// `[descriptors, e]`, in the descriptor template, rows of length 1: what trained heads ask patches with.
    public var bankEmbeddings: Matrix { text.bankEmbeddings }

    /// Everything that is known about one image.
    ///
    /// - Parameters:
    ///   - imageEmbedding: `[e]` of the picture without prompts, not normalised.
    ///   - label: the true class's index, if known; used by `language.class: label` alone.
    ///   - parts: one a part method that needs no training, in the order of ``MethodParameters/Parts/by``.
    ///   - flags: what happened to the image as a whole.
    ///   - trained: what trained heads look at.
    public func findings(
        imageEmbedding: some Collection<Float>, label: Int?, parts: [EncodedParts],
        flags: Set<PartFindings.Flag> = [], trained: TrainedSight? = nil
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
        var found = parts.map { findings(image: image, $0, language, flags) }
        if let trained {
            for head in trained.heads {
                let place = method.parts.by.firstIndex(of: head.shape.method) ?? found.count
                found.insert(
                    findings(image: image, head, trained, ofClass: predicted, language), at: min(place, found.count))
            }
        }
        return ImageFindings(top: top, partMethods: found)
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
            flags: PartFindings.Flag.allCases.filter(flags.contains),
            importances: parts.prompted.enumerated().map { place, prompted in
                let descriptor = retrieved.leading.indices.contains(place) ? retrieved.leading[place] : nil
                return PartFindings.Importance(
                    part: prompted.part, descriptor: descriptor,
                    value: importance(image, part: Self.unit(prompted.mean), descriptor))
            })
    }

    /// Cosine of image and part times cosine of image and bare descriptor (docs/method.md §20.1); the first alone without one.
    private func importance(_ image: [Float], part: [Float], _ descriptor: Int?) -> Double {
        let likeness = zip(image, part).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        return likeness * (descriptor.map { text.bare.product(of: $0, with: image) } ?? 1)
    }

    /// What the model says of a picture of which something was taken away (docs/method.md §20.2).
    ///
    /// - Parameters:
    ///   - embedding: `[e]`, not normalised.
    ///   - predicted: the class that is predicted for the whole image.
    public func answer(_ embedding: some Collection<Float>, predicted: Int) -> MaskedAnswer {
        let image = Self.unit(embedding)
        let similarities = similarities(image)
        return MaskedAnswer(
            similarity: similarities[predicted], predictedClass: Ranking.top(1, of: similarities).first ?? predicted)
    }

    /// What each class's score is.
    private func similarities(_ image: [Float]) -> [Float] {
        text.scores.products(with: Matrix(rows: 1, columns: image.count, elements: image)).elements
    }

    private func prediction(_ image: [Float]) -> [ImageFindings.ClassSimilarity] {
        let similarities = similarities(image)
        return Ranking.top(Self.topCount, of: similarities).map {
            ImageFindings.ClassSimilarity(
                classIndex: $0, similarity: similarities[$0], probability: score?.presence(similarities[$0]))
        }
    }

    static func unit(_ embedding: some Collection<Float>) -> [Float] {
        Matrix(rows: 1, columns: embedding.count, elements: Array(embedding)).rowsNormalized().elements
    }
}
