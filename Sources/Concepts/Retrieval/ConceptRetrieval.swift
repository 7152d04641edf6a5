import Inference

/// From part embeddings to the ordered list of vision concepts (docs/method.md §9).
struct ConceptRetrieval {
    /// CLIPScore's rescaling of cosines, on logits before transport and on the relevance that is reported.
    static let rescaling = 2.5

    let text: TextSide
    let parameters: MethodParameters.Retrieval

    struct Result: Equatable {
        /// Relevance descending; of equals, the one that an earlier part or an earlier place picked.
        let concepts: [PartFindings.VisionConcept]
        /// What each part picked first, one a part; none without a bank.
        let leading: [Int]
        let candidatesExtended: Bool
    }

    /// - Parameters:
    ///   - image: the image embedding, `[e]`, of length 1.
    ///   - parts: part numbers, ascending.
    ///   - embeddings: `[parts, e]`: one part embedding each.
    func concepts(image: [Float], parts: [Int], embeddings: Matrix) -> Result {
        guard !parts.isEmpty, text.bank.count > 0 else {
            return Result(concepts: [], leading: [], candidatesExtended: false)
        }
        let logits = text.bank.products(with: embeddings)
        guard let transport = parameters.transport else {
            let picks = parts.indices.map { Ranking.top(parameters.perPart, of: logits.row($0)) }
            return result(image: image, parts: parts, picks: picks, candidatesExtended: false)
        }
        let candidates = Candidates(logits: logits, count: parameters.candidates)
        let relevance = candidates.descriptors.map { text.bare.product(of: $0, with: image) }
        let kept = candidates.relevant(relevance, parameters: parameters).map { candidates.descriptors[$0] }

        let scores = parts.indices.flatMap { part in
            kept.map { Self.rescaling * Double(logits[part, $0]) }
        }
        let plan = Transport(lambda: transport.lambda, iterations: transport.iterations)
            .plan(scores: scores, rows: parts.count, columns: kept.count)
        let picks = parts.indices.map { row in
            Ranking.top(parameters.perPart, of: plan[row * kept.count..<(row + 1) * kept.count]).map { kept[$0] }
        }
        return result(image: image, parts: parts, picks: picks, candidatesExtended: candidates.isExtended)
    }

    /// - Parameter picks: of each part, its first first; of a bank that isn't empty every part picks something.
    private func result(image: [Float], parts: [Int], picks: [[Int]], candidatesExtended: Bool) -> Result {
        Result(
            concepts: concepts(image: image, parts: parts, picks: picks), leading: picks.compactMap(\.first),
            candidatesExtended: candidatesExtended)
    }

    /// The descriptors that the parts picked, each once, in order of their relevance to the whole image (docs/method.md §9.4).
    func concepts(image: [Float], parts: [Int], picks: [[Int]]) -> [PartFindings.VisionConcept] {
        var pickers = [Int: [Int]]()
        var descriptors = [Int]()
        for (part, picked) in zip(parts, picks) {
            for descriptor in picked {
                if pickers[descriptor] == nil { descriptors.append(descriptor) }
                pickers[descriptor, default: []].append(part)
            }
        }
        let relevance = descriptors.map { text.bare.product(of: $0, with: image) }
        return Ranking.top(descriptors.count, of: relevance).map { place in
            PartFindings.VisionConcept(
                descriptor: descriptors[place], relevance: Float(Self.rescaling * relevance[place]),
                parts: pickers[descriptors[place]] ?? [])
        }
    }
}
