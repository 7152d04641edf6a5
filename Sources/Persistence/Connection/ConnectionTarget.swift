import CPostgres

/// A libpq connection URI that has been read once, so that messages can say where without repeating it.
public struct ConnectionTarget: Sendable {
    let uri: String
    /// `database entente at /run/postgresql, port 5432, as user me`: what messages say instead of the URI.
    public let place: String
    private let secrets: [String]
    private let isQuotable: Bool

    private static let advice =
        "write it as postgresql://user@host:5432/database, and in user and password / as %2F, @ as %40, : as %3A, ? as %3F, "
        + "# as %23 and % as %25"

    /// - Parameter uri: `postgresql://user@host/database?…`, or libpq's `keyword=value` form.
    /// - Throws: ``PersistenceError`` that repeats no part of the URI, since a mistyped one shows its password: also of one
    ///   that libpq reads, but with pieces of a password as host, port or database.
    public init(uri: String) throws {
        guard !uri.utf8.contains(0), let parsed = PQconninfoParse(uri, nil) else {
            throw PersistenceError(.configuration, "the PostgreSQL connection URI can't be read; \(Self.advice)")
        }
        let options = ConnectionOptions(consuming: parsed)
        guard !Self.isAmbiguous(uri) else {
            throw PersistenceError(
                .configuration,
                "the PostgreSQL connection URI can be read in more than one way, because an @ stands behind a /, a ? or "
                    + "another @; \(Self.advice)")
        }
        if let impossible = options.impossible {
            throw PersistenceError(
                .configuration,
                "the PostgreSQL connection URI has a \(impossible) that can't be one, and may be a piece of its password; "
                    + Self.advice)
        }
        self.uri = uri
        secrets = options.secrets
        isQuotable = options.areQuotable
        var place = "database \(options["dbname"] == nil ? "(default)" : options.shown("dbname") ?? "(not shown)")"
        place += " at \(options["host"] ?? options["hostaddr"] ?? "the default host")"
        if let port = options["port"] { place += ", port \(port)" }
        if options["user"] != nil { place += ", as user \(options.shown("user") ?? "(not shown)")" }
        self.place = place
    }

    /// libpq takes what stands before the first `@` for credentials, unless a `/` comes first, and everything else as it
    /// comes; whoever did not encode a password meant another `@`.
    private static func isAmbiguous(_ uri: String) -> Bool {
        guard let scheme = ["postgresql://", "postgres://"].first(where: { uri.utf8.starts(with: $0.utf8) }) else {
            return false
        }
        let rest = uri.utf8.dropFirst(scheme.utf8.count)
        guard let last = rest.lastIndex(of: UInt8(ascii: "@")) else { return false }
        return rest[..<last].contains { "/?@".utf8.contains($0) }
    }

    /// `message` on one line, without any password; nothing but a hint where the settings themselves look as if a password
    /// had got into a name that messages quote.
    ///
    /// - Parameter used: what the session was made with, service file and environment included.
    func redacted(_ message: String, _ used: ConnectionOptions? = nil) -> String {
        guard isQuotable, used?.areQuotable ?? true else {
            return
                "the reason is not shown, because it may quote a password that got into another part of the connection "
                + "URI, the service file or the PG… variables; " + Self.advice
        }
        let lines = message.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
        // A few letters would be found all over the place, and their absence would tell them.
        let told = (secrets + (used?.secrets ?? [])).filter { $0.utf8.count >= 4 }
        // By scalars: a combining mark that follows would be part of the secret's last character.
        let said = told.reduce(Array(lines.joined(separator: "; ").unicodeScalars)) { said, secret in
            said.replacing(Array(secret.unicodeScalars), with: Array("•••".unicodeScalars))
        }
        return String(String.UnicodeScalarView(said))
    }
}
