/// A line of CSV (RFC 4180, but with a line feed alone): nil is an empty field, an empty text a pair of quotes.
package func csvLine(_ fields: [String?]) -> String {
    fields.map { field in
        guard let field else { return "" }
        let isPlain =
            !field.isEmpty && field.first != " " && field.last != " "
            && !field.unicodeScalars.contains { [",", "\"", "\n", "\r"].contains($0) }
        return isPlain ? field : "\"\(field.replacing("\"", with: "\"\""))\""
    }.joined(separator: ",")
}
