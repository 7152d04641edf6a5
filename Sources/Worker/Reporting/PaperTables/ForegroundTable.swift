import Concepts
import Persistence

/// Table A3: accuracy from the foreground alone, as it comes into being.
enum ForegroundTable {
    private static let stages = [("nearest", "nearest"), ("component", "+ component"), ("crf", "+ CRF")]

    static func read(_ analyses: [TabledAnalysis], _ connection: Connection) throws -> PaperTable {
        let rows = try analyses.map { analysis in
            let lines = try ForegroundLine.read(analysisID: analysis.id, connection)
            return PaperRow(
                analysis: analysis.id, labels: [analysis.name],
                cells: [PaperCell(analysis.top1, else: TabledAnalysis.noLabels)]
                    + stages.map { stage, _ in cell(lines.first { $0.stage == stage }, stage, analysis) })
        }
        return PaperTable(
            number: "A3", title: "Top-1 accuracy with all but the foreground blurred", labels: ["analysis"],
            columns: [PaperColumn("whole picture", .percent, better: .high)]
                + stages.map { PaperColumn($0.1, .percent, better: .high) },
            rows: rows,
            notes: ["Below each row what is gained or lost against the whole picture, over the same images."],
            absence: "Nothing yet: it takes an analysis with `evaluation: {foreground: true}` and results.")
    }

    private static func cell(_ line: ForegroundLine?, _ stage: String, _ analysis: TabledAnalysis) -> PaperCell {
        guard let line else {
            guard analysis.content.method.evaluation?.foreground == true else {
                return .missing("an analysis like this one with `evaluation: {foreground: true}`")
            }
            return .missing("an analysis like this one with `foreground: {crf: true}`")
        }
        return PaperCell(
            line.top1.map {
                PaperFigure(
                    $0, count: line.labelled,
                    nulls: [PaperNull("whole picture", nil, difference: line.lost?.negated)])
            }, else: TabledAnalysis.noLabels)
    }
}
