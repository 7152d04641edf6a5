import Concepts
import Persistence

/// An analysis with results, as tables need it.
struct TabledAnalysis {
    let id: String
    let name: String
    let content: Analysis
    let accuracy: Accuracy
    /// Keys under which it has results, none of an analysis that finds no parts.
    let partMethods: [String]

    /// What it would be if it judged nothing: the same of two that differ in that alone.
    var unjudged: Analysis {
        var method = content.method
        method.evaluation = nil
        return content.under(method)
    }

    /// Top-1 with Wilson's interval, held against guessing; nil without labelled images.
    var top1: PaperFigure? { share(accuracy.hitsAt1, among: 1) }

    /// As ``top1``, of the five best classes.
    var top5: PaperFigure? { share(accuracy.hitsAt5, among: 5) }

    private func share(_ hits: Int, among best: Int) -> PaperFigure? {
        guard let interval = wilsonInterval(hits, of: accuracy.labelled) else { return nil }
        return PaperFigure(
            Double(hits) / Double(accuracy.labelled), low: interval.lowerBound, high: interval.upperBound,
            count: accuracy.labelled, nulls: [guessing(best)])
    }

    /// What classes named at random would be right in.
    func guessing(_ best: Int) -> PaperNull {
        PaperNull("guessing", value: min(1, Double(best) / Double(max(content.classes.count, 1))))
    }

    static let noLabels = "no image of this analysis has a label; `submit` it with labels"
}
