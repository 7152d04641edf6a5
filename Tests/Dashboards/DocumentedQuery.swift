import Foundation

/// A question of docs/sql.md.
public struct DocumentedQuery: Sendable {
    /// The heading that it stands under.
    public let title: String
    public let sql: String

    /// Every SQL block of a document, in order.
    public static func all(in text: String) -> [DocumentedQuery] {
        var title = ""
        var block: [Substring]?
        var queries: [DocumentedQuery] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let lines = block {
                block = line == "```" ? nil : lines + [line]
                if line == "```" { queries.append(DocumentedQuery(title: title, sql: lines.joined(separator: "\n"))) }
            } else if line == "```sql" {
                block = []
            } else if line.hasPrefix("## ") {
                title = String(line.dropFirst(3))
            }
        }
        return queries
    }

    /// Those of the checkout that this was built from.
    public static func ofThisCheckout() throws -> [DocumentedQuery] {
        // …/Tests/Dashboards/DocumentedQuery.swift
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        return try all(in: String(contentsOfFile: root + "/docs/sql.md", encoding: .utf8))
    }

    /// With other names in the place of those that the document has.
    public func asked(of names: DocumentedNames) -> String {
        [
            ("imagenet-val-vit-b16-revised", names.replay), ("imagenet-val-vit-b16", names.analysis),
            ("n01440764/ILSVRC2012_val_00000293.JPEG", names.image), ("tench", names.className),
        ].reduce(sql) { $0.replacing("'\($1.0)'", with: "'\($1.1.replacing("'", with: "''"))'") }
    }
}
