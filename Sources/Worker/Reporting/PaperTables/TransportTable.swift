import Concepts
import Persistence

/// Table A2: how different the concepts of an image's parts are, with and without transport.
enum TransportTable {
    static func read(_ analyses: [TabledAnalysis], _ connection: Connection) throws -> PaperTable {
        // Those that differ in transport alone belong together.
        var keys: [Analysis] = []
        var groups: [Analysis: [TabledAnalysis]] = [:]
        for analysis in analyses {
            var method = analysis.unjudged.method
            method.retrieval.transport = nil
            let key = analysis.content.under(method)
            if !keys.contains(key) { keys.append(key) }
            groups[key, default: []].append(analysis)
        }
        var rows: [PaperRow] = []
        for group in keys.compactMap({ groups[$0] }) {
            let without = group.first { $0.content.method.retrieval.transport == nil }
            let with = group.first { $0.content.method.retrieval.transport != nil }
            let sides = try [without, with].map { side in
                try side.map { try AblationLine.read(analysisID: $0.id, connection) }
            }
            guard let named = with ?? without else { continue }
            for method in named.partMethods {
                rows.append(
                    PaperRow(
                        analysis: named.id, labels: [named.name, method],
                        cells: zip(sides, ["`retrieval: {transport: off}`", "transport"]).map { lines, what in
                            cell(lines, method, what)
                        }))
            }
        }
        return PaperTable(
            number: "A2", title: "Entropy of the concepts of an image's parts, nats", labels: ["analysis", "parts"],
            columns: [PaperColumn("without transport", .score), PaperColumn("with transport", .score)], rows: rows,
            notes: ["Below each row the entropy if no two parts had picked the same, which it can't exceed."],
            absence: "Nothing yet: it takes an analysis with parts and results.")
    }

    private static func cell(_ lines: [AblationLine]?, _ method: String, _ what: String) -> PaperCell {
        guard let lines else { return .missing("an analysis like this one with \(what)") }
        guard let line = lines.first(where: { $0.partMethod == method }), let entropy = line.entropy else {
            return .missing("no part of any image has picked a descriptor")
        }
        return .figure(
            PaperFigure(
                entropy, count: line.images,
                nulls: line.highestEntropy.map { [PaperNull("no two alike", value: $0)] } ?? []))
    }
}
