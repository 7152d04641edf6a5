import Concepts
import Inference
import Persistence

/// Reads the paper's tables out of a database (docs/judged.md §3).
package struct PaperTableReader {
    package let connection: Connection
    /// Figures that have been computed already, by analysis: they go over all results.
    private let known: [String: ModelComparison.Model]
    /// Sentence embeddings of descriptors, `[N, e]`, for IntraDiv; nil where there is no encoder.
    private let embed: (([String]) throws -> Matrix)?

    package init(
        _ connection: Connection, known: [ModelComparison.Model] = [], embed: (([String]) throws -> Matrix)? = nil
    ) {
        self.connection = connection
        self.known = Dictionary(known.map { ($0.analysis, $0) }) { first, _ in first }
        self.embed = embed
    }

    /// - Parameter ids: nil for all analyses that there are.
    /// - Returns: the tables, and a sentence for each analysis that is in none of them.
    package func read(_ ids: [String]?) throws -> (tables: [PaperTable], passedOver: [String]) {
        let store = AnalysisStore(connection)
        var passedOver: [String] = []
        var analyses: [TabledAnalysis] = []
        // Those that were registered first come first.
        for id in try ids ?? store.list().map(\.id).reversed() where !analyses.contains(where: { $0.id == id }) {
            do {
                if let analysis = try analysis(id, store) {
                    analyses.append(analysis)
                } else {
                    passedOver.append("Analysis \(id) has no results yet; `entente status` shows how far it is.")
                }
            } catch let error as PersistenceError where error.code == .revision {
                passedOver.append("\(error.description).")
            }
        }
        let withParts = Self.withoutTwins(analyses.filter(\.content.method.findsParts))
        let told = analyses.filter { $0.content.classifier?.descriptorLists != nil }
        return (
            [
                try FaithfulnessTable.read(withParts, connection), try GainTable.read(told, connection),
                try AgreementTable.read(withParts, connection, known: known),
                try FeaturesTable.read(withParts, connection), try TransportTable.read(withParts, connection),
                try ForegroundTable.read(withParts, connection), try BankTable.read(told, embed: embed),
            ], passedOver
        )
    }

    private func analysis(_ id: String, _ store: AnalysisStore) throws -> TabledAnalysis? {
        guard let content = try store.load(id) else {
            throw ReportingError("Analysis \(id) was deleted meanwhile.")
        }
        let reader = DatasetReader(connection, analysisID: id, languageClass: content.method.language.class)
        let accuracy = try reader.accuracy()
        guard accuracy.images > 0 else { return nil }
        return TabledAnalysis(
            id: id, name: try store.details(id).name, content: content, accuracy: accuracy,
            partMethods: try reader.partMethods())
    }

    /// Without those of which another says the same and also judges it.
    private static func withoutTwins(_ analyses: [TabledAnalysis]) -> [TabledAnalysis] {
        let judged = Set(analyses.filter { $0.content.method.evaluation != nil }.map(\.unjudged))
        return analyses.filter { $0.content.method.evaluation != nil || !judged.contains($0.unjudged) }
    }
}
