import Analyzing
import Concepts
import Fetch
import Inference
import Jobs
import Reporting
import Settings

/// Prints what `analyze` found, picture by picture in the order of the arguments: for a person, or as JSON lines.
struct FindingsPrinter {
    private let explanation: Explanation
    private let document: ReportDocument
    private let label: Int?
    private let labelID: Identifier?
    private let json: Bool
    /// Whether a picture failed.
    private(set) var hasFailures = false

    init(_ loaded: LoadedAnalysis, label: Int?, json: Bool) {
        explanation = Explanation(analysis: loaded.analysis)
        document = ReportDocument(loaded.analysis)
        self.label = label
        labelID = label.map { loaded.analysis.classes[$0].id }
        self.json = json
    }

    /// - Parameter findings: one for each picture that was prepared, in order, or why there is none.
    mutating func print(
        _ results: some Sequence<(String, Result<PreparedImage, ImageFailure>)>,
        findings: [Result<ImageFindings, ImageFailure>]
    ) throws {
        var rest = findings[...]
        for (path, result) in results {
            switch result.flatMap({ _ in rest.removeFirst() }) {
            case .success(let found):
                if json {
                    try StandardOutput.json(
                        text: document.line(image: Identifier(path), label: labelID, findings: found))
                } else {
                    try StandardOutput.line(explanation.text(image: path, label: label, findings: found))
                }
            case .failure(let failure):
                hasFailures = true
                if json {
                    try StandardOutput.json(
                        text: ReportDocument.failureLine(
                            image: Identifier(path), kind: failure.kind.rawValue, message: failure.description))
                } else {
                    try StandardOutput.line("\(neutral(path))\n  \(failure)\n")
                }
            }
        }
    }
}
