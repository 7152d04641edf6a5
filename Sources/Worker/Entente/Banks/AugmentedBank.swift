import Analyzing
import Concepts
import Foundation
import Inference
import Persistence
import Settings

/// A bank of each class's own descriptors and of what is retrieved in images of its neighbours (docs/descriptors.md §4).
struct AugmentedBank {
    /// One a class, in the analysis's order.
    let classes: [Analysis.Class]
    let own: [[Identifier]]
    let added: [[Identifier]]
    let occurrences: ConceptOccurrences

    /// What decides which concepts are added.
    struct Rule {
        var split: ImageSplit?
        var partMethod: String?
        /// Concepts a class at most.
        var limit = 5
        /// Whether a class is its own first neighbour.
        var includesOwn = false
    }

    /// - Parameters:
    ///   - own: each class's descriptors before.
    ///   - embeddings: `[classes, e]`, those that the analysis ran with.
    init(
        _ analysis: Analysis, own: [[Identifier]], embeddings: Matrix, occurrences: ConceptOccurrences, rule: Rule
    ) {
        classes = analysis.classes
        self.own = own
        self.occurrences = occurrences
        let neighbours = ClassNeighbours.find(embeddings, includingOwn: rule.includesOwn)
        let augmentation = ConceptAugmentation(images: occurrences.images, found: occurrences.found)
        added = zip(own, neighbours).map { own, neighbours in
            let known = Set(own)
            let places = Set(analysis.descriptors.indices.filter { known.contains(analysis.descriptors[$0]) })
            return augmentation.concepts(of: neighbours, without: places, limit: rule.limit)
                .filter(analysis.descriptors.indices.contains).map { analysis.descriptors[$0] }
        }
    }

    /// Lists by class id, a class a line.
    func json() throws -> String {
        let lines = try zip(classes, zip(own, added)).map { entry, lists in
            "  \(try JSONEncoder.sorted(entry.id)): \(try JSONEncoder.sorted(lists.0 + lists.1))"
        }
        return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
    }

    /// Reads what is needed out of the tables.
    ///
    /// - Parameter own: nil for those of the analysis's classifier.
    /// - Throws: ``CommandFailure`` that says what is missing.
    static func read(
        _ analysis: Analysis, id: String, own: [[Identifier]]?, rule: Rule, _ connection: Connection
    ) throws -> AugmentedBank {
        guard analysis.method.findsParts else {
            throw CommandFailure(
                .badInput,
                "Analysis \(id) finds no parts (method.parts.by is []), so nothing was retrieved; take one that does.")
        }
        if let problem = analysis.classifierProblem {
            throw CommandFailure(.badInput, "Analysis \(id): \(problem)")
        }
        let lists = analysis.classifier?.descriptorLists.map { $0.map { $0.map { analysis.descriptors[$0] } } }
        guard let own = own ?? lists else {
            throw CommandFailure(
                .usage,
                "Analysis \(id) says nothing of its classes' own descriptors, since its classifier has none; name their bank with --bank."
            )
        }
        let embeddings: Matrix
        if let key = TextSideBuilder.classKey(analysis) {
            guard let stored = try TextEmbeddingStore(connection).get(key), stored.rows == analysis.classes.count else {
                throw CommandFailure(
                    .badInput,
                    "The embeddings of analysis \(id)'s classes are not stored yet; a worker that runs it stores them.")
            }
            embeddings = stored
        } else {
            embeddings = analysis.classifier?.weights?.matrix ?? Matrix(rows: 0, columns: 1)
        }
        let occurrences = try ConceptOccurrences.read(
            analysisID: id, classes: analysis.classes.count, partMethod: rule.partMethod, split: rule.split, connection)
        guard occurrences.images.contains(where: { $0 > 0 }) else {
            throw CommandFailure(
                .badInput,
                "Analysis \(id) has no labelled image with results\(rule.partMethod.map { " of \(quoted($0)) parts" } ?? "")"
                    + "\(rule.split.map { " in the half \($0.rawValue)" } ?? ""), so there is nothing to add.")
        }
        return AugmentedBank(
            analysis, own: own, embeddings: embeddings, occurrences: occurrences, rule: rule)
    }
}
