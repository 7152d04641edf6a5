/// The named character references of HTML 5, by name without "&" and ";".
enum HTMLEntities {
    /// Names that count when a semicolon follows.
    static let terminated: [String: [Unicode.Scalar]] = table.terminated

    /// The 106 old names that count without one, too.
    static let open: [String: [Unicode.Scalar]] = table.open

    /// Names in capitals that HTML does not know but that ftfy reads as the capital of the small name's character.
    static let shouted: [String: [Unicode.Scalar]] = {
        var result: [String: [Unicode.Scalar]] = [:]
        for (name, value) in terminated where name == name.lowercased() {
            let capitals = name.uppercased()
            // Where HTML reads the capitals itself, if only their beginning, its reading stands.
            let known =
                terminated[capitals] != nil
                || (2...max(2, capitals.count)).contains { length in
                    open[String(capitals.prefix(length))] != nil
                }
            if !known { result[capitals] = value.flatMap { Array($0.properties.uppercaseMapping.unicodeScalars) } }
        }
        return result
    }()

    private static let table = {
        var terminated: [String: [Unicode.Scalar]] = [:]
        var open: [String: [Unicode.Scalar]] = [:]
        for entry in htmlEntityTable.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let fields = entry.split(separator: "=")
            let value = fields[1].split(separator: "+").compactMap {
                UInt32($0, radix: 16).flatMap(Unicode.Scalar.init)
            }
            let name = String(fields[0].prefix { $0 != "*" })
            terminated[name] = value
            if name.utf8.count < fields[0].utf8.count { open[name] = value }
        }
        return (terminated: terminated, open: open)
    }()
}
