/// A statement that a page was made of.
struct Asked: Sendable, Hashable {
    let what: String
    let sql: String
    let values: [Value]

    /// With its values in it, to be run as it is by anybody with a reader's rights. In one pass: a value may hold a `$1` itself.
    var copied: String {
        var text = ""
        var rest = Substring(sql)
        while let found = rest.firstMatch(of: #/\$([0-9]+)/#) {
            text += rest[..<found.range.lowerBound]
            let place = Int(found.1) ?? 0
            text += values.indices.contains(place - 1) ? values[place - 1].literal : String(found.0)
            rest = rest[found.range.upperBound...]
        }
        return text + rest + ";"
    }
}
