import Concepts
import Inference
import Persistence
import Reporting

/// How well an analysis does whose classes are told by a bank's lists (docs/descriptors.md §5).
struct BankAccuracy: Encodable {
    /// A share with Wilson's 95 % interval.
    struct Share: Encodable {
        let value, lower, upper: Double

        init?(_ hits: Int, of count: Int) {
            guard let interval = wilsonInterval(hits, of: count) else { return nil }
            (value, lower, upper) = (Double(hits) / Double(count), interval.lowerBound, interval.upperBound)
        }
    }

    let analysis, name, wording: String
    let labelled: Int
    /// nil without labelled images.
    let top1, top5: Share?

    private enum CodingKeys: String, CodingKey {
        case analysis, name, wording, labelled
        case top1 = "top_1"
        case top5 = "top_5"
    }

    /// Of every analysis with the model and the classes of `like` and with these lists, in order of ids.
    static func find(_ lists: [[Identifier]], like: Analysis, _ connection: Connection) throws -> [BankAccuracy] {
        let store = AnalysisStore(connection)
        return try store.toldByDescriptors(modelWeights: like.model.weights).compactMap { id in
            // One of a build to come is none that this one could compare.
            guard let analysis = try? store.load(id), analysis.model == like.model, analysis.classes == like.classes,
                case .descriptors(let places, let wording)? = analysis.classifier, analysis.classifierProblem == nil,
                places.map({ $0.map { analysis.descriptors[$0] } }) == lists
            else { return nil }
            let found = try DatasetReader(
                connection, analysisID: id, languageClass: analysis.method.language.class
            ).accuracy()
            return BankAccuracy(
                analysis: id, name: try store.details(id).name, wording: wording.template, labelled: found.labelled,
                top1: Share(found.hitsAt1, of: found.labelled), top5: Share(found.hitsAt5, of: found.labelled))
        }
    }
}
