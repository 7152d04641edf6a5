import Concepts
import Persistence

/// What a dataset says of several models: read from the tables after all their images are done.
struct ModelComparison: Encodable {
    struct Model: Encodable {
        let name: String
        let analysis: String
        let partMethods: [String: DatasetStatistics]
        let groundTruth: [GroundTruthSummary]

        enum CodingKeys: String, CodingKey {
            case name, analysis
            case partMethods = "part_methods"
            case groundTruth = "ground_truth"
        }

        /// Of labelled images; the same under every part method.
        var top1: DatasetStatistics.Estimate? { partMethods.values.lazy.compactMap(\.top1).first }
    }

    /// A figure of the models against their zero-shot accuracy.
    struct Relation: Encodable {
        let partMethod: String
        let estimator: String
        let figure: String
        let correlation: Correlation

        enum CodingKeys: String, CodingKey {
            case estimator, figure, correlation
            case partMethod = "part_method"
        }
    }

    /// Ascending by accuracy.
    let models: [Model]
    let relations: [Relation]

    static let estimators: [(name: String, of: @Sendable (DatasetStatistics) -> DatasetStatistics.Estimator)] = [
        ("released", { $0.released }), ("membership", { $0.membership }),
    ]

    private static let figures: [(name: String, of: @Sendable (DatasetStatistics.Estimator) -> Double?)] = [
        ("MI", { $0.mi.value }), ("AUC", { $0.auc.value }),
        // How far an agreement is above what descriptors that fit everything would give.
        ("AUC − null", { figures in figures.null.map { figures.auc.value - $0.auc.mean } }),
    ]

    init(models unordered: [Model]) {
        models = unordered.sorted { ($0.top1?.value ?? 0, $0.name) < ($1.top1?.value ?? 0, $1.name) }
        let models = models
        relations = Self.methods(of: models).flatMap { method in
            Self.estimators.flatMap { estimator in
                Self.figures.map { figure in
                    let pairs = models.compactMap { model -> (Double, Double)? in
                        guard let found = model.partMethods[method], let top1 = found.top1 else { return nil }
                        return figure.of(estimator.of(found)).map { ($0, top1.value) }
                    }
                    return Relation(
                        partMethod: method, estimator: estimator.name, figure: figure.name,
                        correlation: Correlation(pairs.map(\.0), pairs.map(\.1)))
                }
            }
        }
    }

    var methods: [String] { Self.methods(of: models) }

    private static func methods(of models: [Model]) -> [String] {
        Set(models.flatMap(\.partMethods.keys)).sorted()
    }

    func relation(_ method: String, _ estimator: String, _ figure: String) -> Correlation? {
        relations.first { $0.partMethod == method && $0.estimator == estimator && $0.figure == figure }?.correlation
    }
}

extension ModelComparison.Model {
    private static let (resamples, shuffles, seed) = (1000, 999, UInt64(0))

    /// Reads the figures of one analysis and its scores against ground truth, if it has been scored.
    init(named name: String, _ analysis: Analysis, id: String, _ connection: Connection) throws {
        let statistics = try StatisticsCommand.read(
            analysis, id: id, connection, resamples: Self.resamples, shuffles: Self.shuffles, seed: Self.seed)
        self.init(
            name: name, analysis: id,
            partMethods: Dictionary(uniqueKeysWithValues: statistics.map { ($0.method, $0.statistics) }),
            groundTruth: try GroundTruthSummary.read(analysisID: id, connection))
    }
}
