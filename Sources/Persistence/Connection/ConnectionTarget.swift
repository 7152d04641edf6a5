import CPostgres

/// A libpq connection URI that has been read once, so that messages can say where without repeating it.
public struct ConnectionTarget: Sendable {
    let uri: String
    /// `database entente at /run/postgresql, port 5432, as user me`: what messages say instead of the URI.
    public let place: String
    private let secrets: [String]

    /// - Parameter uri: `postgresql://user@host/database?…`, or libpq's `keyword=value` form.
    /// - Throws: ``PersistenceError`` that does not repeat the URI, since a mistyped one shows its password.
    public init(uri: String) throws {
        guard !uri.utf8.contains(0), let options = PQconninfoParse(uri, nil) else {
            throw PersistenceError(
                .configuration,
                "the PostgreSQL connection URI can't be read; write it as postgresql://user@host:5432/database, "
                    + "with any odd character of user or password as %XX")
        }
        defer { PQconninfoFree(options) }
        var found: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { found[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        self.uri = uri
        secrets = ["password", "sslpassword"].compactMap { found[$0] }.filter { !$0.isEmpty }
        let host = found["host"] ?? found["hostaddr"] ?? "the default host"
        var place = "database \(found["dbname"] ?? "(default)") at \(host)"
        if let port = found["port"] { place += ", port \(port)" }
        if let user = found["user"] { place += ", as user \(user)" }
        self.place = place
    }

    /// `message` on one line, without any password.
    func redacted(_ message: String) -> String {
        var result = message.split(whereSeparator: \.isNewline)
            .map { $0.drop(while: \.isWhitespace) }.joined(separator: "; ")
        for secret in secrets { result = result.replacing(secret, with: "•••") }
        return result
    }
}
