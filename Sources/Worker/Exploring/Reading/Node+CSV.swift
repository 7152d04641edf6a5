import Reporting

extension Node {
    /// A list of records as CSV, with the names of the first one's fields above; lists in a cell are joined by `|`.
    var csv: String {
        guard case .list(let nodes) = self else { return "" }
        let records = nodes.compactMap { node -> Record? in
            if case .record(let record) = node { return record }
            return nil
        }
        let names = records.first?.fields.compactMap { $0.value.json == nil ? nil : $0.name } ?? []
        let lines = records.map { record in csvLine(names.map { record[$0].cell }, isSpreadsheetSafe: true) }
        return ([csvLine(names)] + lines).map { $0 + "\n" }.joined()
    }

    private var cell: String? {
        switch self {
        case .absent, .drawing: nil
        case .text(let text): text
        case .number(let number, _): "\(number)"
        case .count(let count): "\(count)"
        case .flag(let flag): "\(flag)"
        case .list(let nodes): nodes.compactMap(\.cell).joined(separator: "|")
        case .record(let record): record.text("name") ?? record.text("descriptor") ?? ""
        }
    }
}
