import Inference

/// The report of one image; keys and shapes are those of docs/method.md §15. Undefined values are null, never absent.
public struct ImageReport: Encodable, Sendable {
    let analysis: String
    let image: Identifier
    let label: Identifier?
    let prediction: Prediction
    let partMethods: [String: PartMethodReport]
    /// By what is judged, variant and metric; absent of an analysis that judges nothing, whose reports stay as they were.
    let judged: [String: [String: [String: JudgedReport]]]?

    struct Prediction: Encodable {
        let `class`: Identifier
        let top: [Entry]

        struct Entry: Encodable {
            let `class`: Identifier
            let similarity: ReportNumber
            /// Absent of a model whose score is a softmax, whose reports stay as they were.
            let probability: ReportNumber?
        }

        init(_ top: [ImageFindings.ClassSimilarity], _ analysis: Analysis) {
            self.top = top.map {
                Entry(
                    class: analysis.classes[$0.classIndex].id, similarity: ReportNumber($0.similarity),
                    probability: $0.probability.map { ReportNumber($0) })
            }
            self.class = self.top[0].class
        }
    }

    enum CodingKeys: String, CodingKey {
        case analysis, image, label, prediction, judged
        case partMethods = "part_methods"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(analysis, forKey: .analysis)
        try container.encode(image, forKey: .image)
        // Not encodeIfPresent: an unknown label is null.
        try container.encode(label, forKey: .label)
        try container.encode(prediction, forKey: .prediction)
        try container.encode(partMethods, forKey: .partMethods)
        try container.encodeIfPresent(judged, forKey: .judged)
    }
}
