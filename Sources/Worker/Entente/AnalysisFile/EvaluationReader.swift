import Concepts
import Yams

/// The `evaluation` mapping of an analysis file (docs/method.md §20).
enum EvaluationReader {
    typealias Evaluation = MethodParameters.Evaluation

    /// Reads what is there over the defaults; problems go to `reader`, each with the line of its value.
    ///
    /// - Returns: nil if nothing is to be judged.
    static func read(_ node: Node?, into reader: inout YAMLReader) -> Evaluation? {
        guard let node else { return nil }
        var evaluation = Evaluation()
        let fields = reader.members(node, path: "evaluation.", known: ["faithfulness", "foreground"])
        reader.boolean(fields["foreground"], "evaluation.foreground", into: &evaluation.foreground)
        let nodes = faithfulness(fields["faithfulness"], into: &evaluation, &reader)
        for problem in evaluation.rangeProblems where !reader.hasReported(problem.keyPath) {
            reader.report(problem.sentence, at: nodes[problem.keyPath] ?? node)
        }
        // Which comes first in the file is nobody's choice.
        if let chosen = evaluation.faithfulness?.metrics {
            evaluation.faithfulness?.metrics = MethodParameters.Faithfulness.Metric.allCases.filter(chosen.contains)
        }
        return evaluation.isEmpty ? nil : evaluation
    }

    private static let path = "evaluation.faithfulness."
    private static let keys = ["metrics", "blur", "insertion_blur", "nulls"]

    /// - Returns: the values that are there, by key path.
    private static func faithfulness(
        _ node: Node?, into evaluation: inout Evaluation, _ reader: inout YAMLReader
    ) -> [String: Node] {
        guard let node else { return [:] }
        guard case .mapping = node else {
            var isJudged = false
            let keys = keys.map { "`\($0)`" }.joined(separator: ", ")
            reader.boolean(node, "evaluation.faithfulness", or: "a mapping of \(keys)", into: &isJudged)
            evaluation.faithfulness = isJudged ? .init() : nil
            return [:]
        }
        let fields = reader.members(node, path: path, known: keys)
        var faithfulness = MethodParameters.Faithfulness()
        reader.choices(fields["metrics"], path + "metrics", into: &faithfulness.metrics)
        reader.integer(fields["blur"], path + "blur", into: &faithfulness.blur)
        faithfulness.insertionBlur = faithfulness.blur
        if fields["insertion_blur"]?.string != "same" {
            reader.integer(
                fields["insertion_blur"], path + "insertion_blur", or: "`same`", into: &faithfulness.insertionBlur)
        }
        var nodes = fields
        if let nulls = fields["nulls"] {
            let names = ["random_order", "random_regions", "truth"]
            let members = reader.members(nulls, path: path + "nulls.", known: names)
            reader.integer(
                members["random_order"], path + "nulls.random_order", into: &faithfulness.nulls.randomOrder)
            reader.integer(
                members["random_regions"], path + "nulls.random_regions", into: &faithfulness.nulls.randomRegions)
            var isByTruth = false
            reader.boolean(members["truth"], path + "nulls.truth", into: &isByTruth)
            if isByTruth {
                reader.report(
                    "`\(path)nulls.truth` can't be true: workers know no ground truth to order regions by.",
                    at: members["truth"])
            }
            nodes.merge(members.map { ("nulls.\($0)", $1) }) { first, _ in first }
        }
        evaluation.faithfulness = faithfulness
        return Dictionary(uniqueKeysWithValues: nodes.map { (path + $0, $1) })
    }
}
