import Inference

/// The report of one image; keys and shapes are those of docs/method.md §15. Undefined values are null, never absent.
public struct ImageReport: Encodable, Sendable {
    let analysis: String
    let image: Identifier
    let label: Identifier?
    let prediction: Prediction
    let partMethods: [String: PartMethodReport]

    struct Prediction: Encodable {
        let `class`: Identifier
        let top: [Entry]

        struct Entry: Encodable {
            let `class`: Identifier
            let similarity: ReportNumber
        }

        init(_ top: [ImageFindings.ClassSimilarity], _ analysis: Analysis) {
            self.top = top.map {
                Entry(class: analysis.classes[$0.classIndex].id, similarity: ReportNumber($0.similarity))
            }
            self.class = self.top[0].class
        }
    }

    enum CodingKeys: String, CodingKey {
        case analysis, image, label, prediction
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
    }
}
