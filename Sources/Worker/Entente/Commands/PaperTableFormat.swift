import ArgumentParser
import Reporting

/// What the paper's tables are written as.
enum PaperTableFormat: String, CaseIterable, ExpressibleByArgument {
    case text, csv, latex, html

    func text(_ tables: [PaperTable]) -> String {
        switch self {
        case .text: tables.map(\.text).joined(separator: "\n\n")
        case .csv:
            ([PaperTable.csvHeader] + tables.flatMap(\.csvRows)).map { csvLine($0) }.joined(separator: "\n")
        case .latex: tables.map(\.latex).joined(separator: "\n\n")
        case .html: PaperTable.page(tables)
        }
    }
}
