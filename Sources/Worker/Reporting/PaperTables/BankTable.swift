import Concepts
import Inference

/// Table A4: descriptor banks by how diverse they are, and by accuracy under them.
enum BankTable {
    /// - Parameters:
    ///   - analyses: those whose classes are told by descriptors.
    ///   - embed: sentence embeddings, `[N, e]`; nil where there is no encoder.
    static func read(_ analyses: [TabledAnalysis], embed: (([String]) throws -> Matrix)?) throws -> PaperTable {
        let rows = try analyses.compactMap { analysis -> PaperRow? in
            let content = analysis.content
            guard let lists = content.classifier?.descriptorLists, content.classifierProblem == nil,
                lists.contains(where: { !$0.isEmpty })
            else { return nil }
            let figures = BankFigures(
                content.descriptors, lists: lists, hasClasses: true,
                embeddings: try embed.map { try $0(content.descriptors.map(\.text)) })
            func share(_ value: Double?, _ reason: String) -> PaperCell {
                PaperCell(value.map { PaperFigure($0, count: figures.entries) }, else: reason)
            }
            return PaperRow(
                analysis: analysis.id, labels: [analysis.name],
                cells: [
                    PaperCell(analysis.top1, else: TabledAnalysis.noLabels),
                    PaperCell(analysis.top5, else: TabledAnalysis.noLabels),
                    share(figures.interDiv, "the bank has no entry"),
                    share(
                        figures.intraDiv,
                        embed == nil
                            ? "a sentence encoder: name it with --encoder" : "no class has two descriptors to compare"),
                ])
        }
        return PaperTable(
            number: "A4", title: "Descriptor banks", labels: ["analysis"],
            columns: [
                PaperColumn("top-1", .percent, better: .high), PaperColumn("top-5", .percent, better: .high),
                PaperColumn("InterDiv", .share, better: .low), PaperColumn("IntraDiv", .share, better: .low),
            ],
            rows: rows,
            notes: [
                "InterDiv is our own definition, the share of entries that several classes have; n of InterDiv and IntraDiv is entries. "
                    + "They are counts over the whole bank, which have no interval and no null."
            ],
            absence: "Nothing yet: it takes an analysis with `classifier: descriptors` and results.")
    }
}
