import Concepts
import Persistence
import Settings

/// Everything that a report shows of its first analysis, and the figures of all of them.
package struct ReportContent {
    /// An image with its explanation.
    struct Example {
        let image: ExtremeImage
        let label: String?
        let predicted: String
        /// The picture with its parts as a file's bytes, or why there is none.
        let picture: Result<[UInt8], Missing>
        let venn: VennDiagram
    }

    /// Why a picture is not shown.
    struct Missing: Error { let reason: String }

    let details: AnalysisDetails
    let analysis: Analysis
    /// Of the classes and examples; nil, and none of these, of an analysis that finds no parts.
    let partMethod: String?
    /// One an analysis, ascending by accuracy; the reported one among them.
    let comparison: ModelComparison
    let classes: [ClassLine]
    let agreeing: [Example]
    let disagreeing: [Example]
    let failures: [(kind: String, images: Int)]
    /// What its explanations were judged by; empty unless the analysis asks for it.
    let faithfulness: [FaithfulnessLine]
    let foreground: [ForegroundLine]

    /// The reported analysis's own figures.
    var own: ModelComparison.Model? { comparison.models.first { $0.analysis == details.id } }
}

/// Reads a report's content out of the database, and its pictures from where they are.
package struct ReportReader {
    package let connection: Connection
    package let pictures: ReportPictures
    /// Images on each end.
    package let examples: Int

    package init(connection: Connection, pictures: ReportPictures, examples: Int) {
        self.connection = connection
        self.pictures = pictures
        self.examples = examples
    }

    /// - Parameters:
    ///   - ids: at least one; the first is reported.
    ///   - partMethod: nil for kmeans if there are results of it, else the first there is.
    /// - Throws: ``ReportingError`` for an analysis without results or without that part method.
    package func read(_ ids: [String], partMethod wanted: String?) throws -> ReportContent {
        let store = AnalysisStore(connection)
        let models = try ids.map { id in try model(id, store) }
        guard let id = ids.first, let first = models.first, let analysis = try store.load(id) else {
            throw ReportingError("A report needs an analysis; name one with --analysis.")
        }
        let methods = first.partMethods.keys.sorted()
        guard !methods.isEmpty || (!analysis.method.findsParts && first.predictions != nil) else {
            throw ReportingError("Analysis \(id) has no results yet; `entente status` shows how far it is.")
        }
        guard let method = wanted ?? (methods.first { $0 == PartMethod.kmeans.rawValue } ?? methods.first) else {
            return ReportContent(
                details: try store.details(id), analysis: analysis, partMethod: nil,
                comparison: ModelComparison(models: models), classes: [], agreeing: [], disagreeing: [],
                failures: try failures(id), faithfulness: [], foreground: [])
        }
        guard methods.contains(method) else {
            throw ReportingError(
                "Analysis \(id) has no results of the part method \(quoted(method)); it has "
                    + (methods.isEmpty ? "none, since it finds no parts." : methods.joined(separator: ", ") + "."))
        }
        let reader = DatasetReader(connection, analysisID: id, languageClass: analysis.method.language.class)
        let lists = try store.languageConcepts(analysisID: id) ?? []
        func explained(agreeing: Bool) throws -> [ReportContent.Example] {
            try reader.extremes(partMethod: method, agreeing: agreeing, count: examples).map {
                example($0, analysis, lists)
            }
        }
        return ReportContent(
            details: try store.details(id), analysis: analysis, partMethod: method,
            comparison: ModelComparison(models: models),
            classes: try ClassLine.read(analysisID: id, partMethod: method, connection),
            agreeing: try explained(agreeing: true), disagreeing: try explained(agreeing: false),
            failures: try failures(id), faithfulness: try FaithfulnessLine.read(analysisID: id, connection),
            foreground: try ForegroundLine.read(analysisID: id, connection))
    }

    private func model(_ id: String, _ store: AnalysisStore) throws -> ModelComparison.Model {
        guard let analysis = try store.load(id) else {
            throw ReportingError("Analysis \(id) was deleted meanwhile.")
        }
        return try ModelComparison.Model(named: store.details(id).name, analysis, id: id, connection)
    }

    private func example(
        _ image: ExtremeImage, _ analysis: Analysis, _ lists: [[PartFindings.LanguageConcept]]
    ) -> ReportContent.Example {
        func name(_ index: Int) -> String {
            analysis.classes.indices.contains(index) ? analysis.classes[index].name : "class \(index)"
        }
        let spoken =
            analysis.method.language.class == .label ? image.labelIndex ?? image.predictedIndex : image.predictedIndex
        let language = lists.indices.contains(spoken) ? lists[spoken].map(\.descriptor) : []
        return ReportContent.Example(
            image: image, label: image.labelIndex.map(name), predicted: name(image.predictedIndex),
            picture: pictures.overlay(image, fitting: analysis.method.image),
            venn: VennDiagram(
                seen: image.vision.map(\.descriptor), said: language, descriptors: analysis.descriptors.map(\.text),
                title: name(spoken)))
    }

    private func failures(_ id: String) throws -> [(kind: String, images: Int)] {
        let rows = try connection.query(
            """
            SELECT kind, count(*) FROM entente.failures WHERE analysis_id = $1 GROUP BY kind ORDER BY count(*) DESC, kind
            """, [.text(id)])
        return try (0..<rows.count).map { (try rows.text($0, 0), Int(try rows.bigint($0, 1))) }
    }
}
