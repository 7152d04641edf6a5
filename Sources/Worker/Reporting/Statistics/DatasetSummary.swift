import Concepts
import Foundation
import Persistence

/// What is published of an analysis, under CLIP_benchmark's names.
package struct DatasetSummary {
    struct Metric: Hashable {
        let name: String
        /// nil: undefined, as accuracy is without labels.
        let value: Double?
        /// Images it is over.
        let count: Int
        /// The bounds of the 95 % confidence interval.
        let interval: ClosedRange<Double>?
    }

    let analysis: String
    let dataset: String
    let model: String
    let pretrained: String
    let images: Int
    let labelled: Int
    let metrics: [Metric]

    static let task = "zeroshot_classification"

    /// - Parameter statistics: one a part method.
    package init(
        analysis: String, dataset: String, model: String, pretrained: String, accuracy: Accuracy,
        statistics: [(method: String, statistics: DatasetStatistics)]
    ) {
        self.analysis = analysis
        self.dataset = dataset
        self.model = model
        self.pretrained = pretrained
        let labelled = accuracy.labelled
        images = accuracy.images
        self.labelled = labelled
        let shares = [("acc1", accuracy.hitsAt1), ("acc5", accuracy.hitsAt5)].map { name, hits in
            Metric(
                name: name, value: labelled > 0 ? Double(hits) / Double(labelled) : nil, count: labelled,
                interval: wilsonInterval(hits, of: labelled))
        }
        metrics =
            shares
            + statistics.flatMap { method, found in
                [("released", found.released), ("membership", found.membership)].flatMap { estimator, figures in
                    [("mi", figures.mi), ("auc", figures.auc), ("auc_padded", figures.aucPadded)].map {
                        name, estimate in
                        Metric(
                            name: "\(name)_\(method)_\(estimator)", value: estimate.value, count: found.images,
                            interval: min(estimate.lower, estimate.upper)...max(estimate.lower, estimate.upper))
                    }
                }
            }
    }

    // MARK: - CSV

    package static let csvHeader = [
        "dataset", "model", "pretrained", "task", "metrics", "value", "n", "ci_lower", "ci_upper", "analysis",
    ]

    /// One row a metric.
    package var csvRows: [[String?]] {
        metrics.map { metric in
            [
                dataset, model, pretrained, Self.task, metric.name, metric.value.map { "\($0)" }, "\(metric.count)",
                metric.interval.map { "\($0.lowerBound)" }, metric.interval.map { "\($0.upperBound)" }, analysis,
            ]
        }
    }

    // MARK: - JSON

    /// One object, as CLIP_benchmark writes one a model and dataset; undefined values are `null`.
    package func json() throws -> String {
        struct Output: Encodable {
            let dataset, model, pretrained, task: String
            let metrics: [String: Double?]
            let n, n_labelled: Int
            let confidence_intervals: [String: [Double]?]
            let analysis: String
        }
        let output = Output(
            dataset: dataset, model: model, pretrained: pretrained, task: Self.task,
            metrics: Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, $0.value) }), n: images,
            n_labelled: labelled,
            confidence_intervals: Dictionary(
                uniqueKeysWithValues: metrics.map { ($0.name, $0.interval.map { [$0.lowerBound, $0.upperBound] }) }),
            analysis: analysis)
        return try JSONEncoder.sorted(output)
    }
}
