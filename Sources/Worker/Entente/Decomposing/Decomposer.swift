import Analyzing
import ArgumentParser
import Concepts
import Inference

/// Takes pictures apart into descriptors, by neighbours that have no regions (docs/rivals.md §6, §7).
enum Decomposer: String, CaseIterable, ExpressibleByArgument {
    case splice, ezpc

    /// What ``RemovalTest`` and tables are made of.
    struct Choices {
        /// On the sum of weights; of ``splice``.
        var penalty = 0.15
        /// Folder of a trained map, of ``ezpc``; nil: the descriptors themselves.
        var map: String?
    }

    /// A picture taken apart.
    struct Found {
        /// Weights, or contributions to the class that the map comes to, `[D]`.
        let values: [Double]
        /// What it is made of, the most important first.
        let ranked: [Int]
        /// Of each class, without some descriptors.
        let scores: (Set<Int>) -> [Double]
        /// Descriptors with a weight, and the cosine of what they add up to with the picture; of ``splice``.
        var used: Int?
        var cosine: Double?
    }

    /// - Parameter embeddings: of all pictures, each `[e]`; ``splice`` takes their mean away.
    /// - Throws: `CommandFailure` for a map that can't be used.
    func decomposition(
        of embeddings: [[Float]], _ loaded: LoadedAnalysis, _ choices: Choices
    ) throws -> ([Float]) -> Found {
        switch self {
        case .splice: Self.sparse(embeddings, loaded, penalty: choices.penalty)
        case .ezpc: try Self.linear(loaded, map: choices.map)
        }
    }

    /// What it does to pictures to take descriptors away.
    ///
    /// - Parameter onEach: sees each picture's number and what it was taken apart into.
    func removal(
        of pictures: [FeatureEncoder.Encoded], _ loaded: LoadedAnalysis, _ choices: Choices, seed: Int = 0,
        onEach: (Int, Found) throws -> Void = { _, _ in }
    ) throws -> RemovalTest {
        let decompose = try decomposition(of: pictures.map(\.embedding), loaded, choices)
        var test = RemovalTest()
        for (number, picture) in pictures.enumerated() {
            let found = decompose(picture.embedding)
            test.add(found, of: picture, seed: seed)
            try onEach(number, found)
        }
        return test
    }

    private static func linear(_ loaded: LoadedAnalysis, map folder: String?) throws -> ([Float]) -> Found {
        let map =
            try folder.map { folder in
                try ConceptMapFile.map(folder: folder, of: loaded.analysis, classes: loaded.classEmbeddings)
            } ?? ConceptMap(descriptors: loaded.bankEmbeddings, classes: loaded.classEmbeddings)
        return { embedding in
            // The class that the map itself comes to, which need not be the model's.
            let own = order(map.scores(embedding)).first ?? 0
            let values = map.contributions(embedding, toClass: own)
            return Found(values: values, ranked: order(values), scores: { map.scores(embedding, without: $0) })
        }
    }

    private static func sparse(
        _ embeddings: [[Float]], _ loaded: LoadedAnalysis, penalty: Double
    ) -> ([Float]) -> Found {
        let width = loaded.model.embeddingWidth
        let decomposition = SparseDecomposition(
            descriptors: loaded.bareEmbeddings,
            images: Matrix(rows: embeddings.count, columns: width, elements: embeddings.flatMap { $0 }),
            penalty: penalty)
        let classes = DoubleMatrix(loaded.classEmbeddings)
        return { embedding in
            let found = decomposition(embedding)
            let descriptors = found.descriptors
            return Found(
                values: found.weights, ranked: descriptors,
                scores: { removed in
                    let whole = decomposition.recomposed(found.weights, without: removed)
                    return DoubleMatrix(
                        classes.plain, times: DoubleMatrix(rows: whole.count, columns: 1, elements: whole).plain
                    ).elements
                }, used: descriptors.count, cosine: found.cosine)
        }
    }

    /// Largest first, of equals the first.
    private static func order(_ values: [Double]) -> [Int] {
        values.indices.sorted { (values[$1], $0) < (values[$0], $1) }
    }
}

extension RemovalTest {
    mutating func add(_ found: Decomposer.Found, of picture: FeatureEncoder.Encoded, seed: Int) {
        let hash = picture.hash.flatMap { number in withUnsafeBytes(of: number.bigEndian) { [UInt8]($0) } }
        add(found.ranked, contentHash: hash, seed: seed, scores: found.scores)
    }
}
