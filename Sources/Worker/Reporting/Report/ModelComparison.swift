import Concepts
import Persistence

/// What a dataset says of several models: read from the tables after all their images are done.
package struct ModelComparison: Encodable {
    package struct Model: Encodable {
        package let name: String
        package let analysis: String
        package let partMethods: [String: DatasetStatistics]
        package let groundTruth: [GroundTruthSummary]
        /// Of predictions, whatever else is found; nil without results.
        package let predictions: ZeroShotStatistics?

        enum CodingKeys: String, CodingKey {
            case name, analysis
            case partMethods = "part_methods"
            case groundTruth = "ground_truth"
        }

        /// Of labelled images; the same under every part method.
        package var top1: DatasetStatistics.Estimate? {
            partMethods.values.lazy.compactMap(\.top1).first ?? predictions?.top1
        }
    }

    /// A figure of the models against their zero-shot accuracy.
    package struct Relation: Encodable {
        package let partMethod: String
        package let estimator: String
        package let figure: String
        package let correlation: Correlation

        enum CodingKeys: String, CodingKey {
            case estimator, figure, correlation
            case partMethod = "part_method"
        }
    }

    /// Ascending by accuracy.
    package let models: [Model]
    package let relations: [Relation]

    package static let estimators: [(name: String, of: @Sendable (DatasetStatistics) -> DatasetStatistics.Estimator)] =
        [
            ("released", { $0.released }), ("membership", { $0.membership }),
        ]

    private static let figures: [(name: String, of: @Sendable (DatasetStatistics.Estimator) -> Double?)] = [
        ("MI", { $0.mi.value }), ("AUC", { $0.auc.value }),
        // How far an agreement is above what descriptors that fit everything would give.
        ("AUC − null", { figures in figures.null.map { figures.auc.value - $0.auc.mean } }),
    ]

    package init(models unordered: [Model]) {
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

    package var methods: [String] { Self.methods(of: models) }

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
    package init(named name: String, _ analysis: Analysis, id: String, _ connection: Connection) throws {
        let statistics = try DatasetStatistics.read(
            analysis, id: id, connection, resamples: Self.resamples, shuffles: Self.shuffles, seed: Self.seed)
        self.init(
            name: name, analysis: id,
            partMethods: Dictionary(uniqueKeysWithValues: statistics.map { ($0.method, $0.statistics) }),
            groundTruth: try GroundTruthSummary.read(analysisID: id, connection),
            predictions: analysis.method.findsParts
                ? nil
                : ZeroShotStatistics(
                    try DatasetReader(connection, analysisID: id, languageClass: analysis.method.language.class).hits(),
                    resamples: Self.resamples, seed: Self.seed))
    }
}
