import Foundation
import Inference

/// Puts findings into the words of one analysis: what `analyze --json` prints, one line an image (docs/method.md §15).
public struct ReportDocument: Sendable {
    let analysis: Analysis
    let analysisID: String

    /// Computes the analysis's id, which takes a hash over its whole content: make one document, not one an image.
    public init(_ analysis: Analysis) {
        self.analysis = analysis
        analysisID = analysis.id
    }

    /// - Parameters:
    ///   - image: the argument as given, or the image id.
    ///   - label: a class id.
    public func report(image: Identifier, label: Identifier?, findings: ImageFindings) -> ImageReport {
        ImageReport(
            analysis: analysisID, image: image, label: label,
            prediction: ImageReport.Prediction(findings.top, analysis),
            partMethods: Dictionary(
                findings.partMethods.map { ($0.key, PartMethodReport($0, analysis)) },
                uniquingKeysWith: { first, _ in first }),
            judged: JudgedReport.reports(findings.judged))
    }

    /// `report` as one line of JSON, without the line break.
    public func line(image: Identifier, label: Identifier?, findings: ImageFindings) -> String {
        Self.line(report(image: image, label: label, findings: findings))
    }

    /// What stands in the place of an image that failed.
    ///
    /// - Parameter kind: the error's stable code, such as `damaged_image`.
    public static func failureLine(image: Identifier, kind: String, message: String) -> String {
        line(ImageFailureReport(image: image, kind: kind, message: message))
    }

    /// Keys sorted, so that equal reports are equal bytes.
    static func line(_ report: some Encodable) -> String {
        // Numbers that aren't finite, which alone could make this fail, became null on the way here.
        try! JSONEncoder.sorted(report)
    }
}
