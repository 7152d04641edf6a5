import Inference

/// From part embeddings to the ordered list of vision concepts (METHODS §1.7–1.8).
struct ConceptRetrieval {
    /// CLIPScore's rescaling of cosines, on logits before transport and on the relevance that is reported.
    static let rescaling = 2.5

    let text: TextSide
    let parameters: MethodParameters.Retrieval

    struct Result: Equatable {
        /// Relevance descending; of equals, the one that an earlier part or an earlier place picked.
        let concepts: [PartFindings.VisionConcept]
        let candidatesExtended: Bool
    }

    /// - Parameters:
    ///   - image: the image embedding, `[e]`, of length 1.
    ///   - parts: part numbers, ascending.
    ///   - embeddings: `[parts, e]`: one part embedding each.
    func concepts(image: [Float], parts: [Int], embeddings: Matrix) -> Result {
        guard !parts.isEmpty, text.bank.count > 0 else { return Result(concepts: [], candidatesExtended: false) }
        let logits = text.bank.products(with: embeddings)
        let candidates = Candidates(logits: logits, count: parameters.candidates)
        let relevance = candidates.descriptors.map { text.bare.product(of: $0, with: image) }
        let kept = candidates.relevant(relevance, parameters: parameters)

        let scores = parts.indices.flatMap { part in
            kept.map { Self.rescaling * Double(logits[part, candidates.descriptors[$0]]) }
        }
        let plan = Transport(
            lambda: parameters.transport.lambda, iterations: parameters.transport.iterations
        ).plan(scores: scores, rows: parts.count, columns: kept.count)

        var partsByPlace = [Int: [Int]]()
        var places = [Int]()
        for (row, part) in parts.enumerated() {
            for choice in Ranking.top(parameters.perPart, of: plan[row * kept.count..<(row + 1) * kept.count]) {
                let place = kept[choice]
                if partsByPlace[place] == nil { places.append(place) }
                partsByPlace[place, default: []].append(part)
            }
        }
        let ordered = Ranking.top(places.count, of: places.map { relevance[$0] }).map { places[$0] }
        return Result(
            concepts: ordered.map { place in
                PartFindings.VisionConcept(
                    descriptor: candidates.descriptors[place],
                    relevance: Float(Self.rescaling * relevance[place]), parts: partsByPlace[place] ?? [])
            },
            candidatesExtended: candidates.isExtended)
    }
}
