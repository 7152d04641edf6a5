/// What readers may still write although they should only read.
struct ReaderExcess {
    /// As the warning words it, with who can mend it; the role `entente_reader` has to be there.
    private static let rights = """
        SELECT e.what FROM pg_catalog.pg_database AS d
        CROSS JOIN LATERAL (VALUES
            (1, 'temporary tables', pg_catalog.has_database_privilege('entente_reader', d.oid, 'TEMPORARY')),
            (2, 'objects in the schema public', (SELECT pg_catalog.has_schema_privilege('entente_reader', n.oid, 'CREATE')
                FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'public')),
            (3, 'large objects', EXISTS (SELECT FROM pg_catalog.pg_proc AS p
                WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname IN ('lo_creat', 'lo_create', 'lo_from_bytea')
                    AND pg_catalog.has_function_privilege('entente_reader', p.oid, 'EXECUTE')))
        ) AS e (place, what, is_allowed)
        WHERE d.datname = pg_catalog.current_database() AND e.is_allowed
        ORDER BY e.place
        """

    /// What members of `entente_reader` may make: nothing, if all is well.
    let kinds: [String]
    private let place: String

    init(_ connection: Connection) throws {
        let rows = try connection.query(Self.rights)
        kinds = try (0..<rows.count).map { try rows.text($0, 0) }
        place = connection.target.place
    }

    /// One sentence; nil where there is nothing to warn of.
    var warning: String? {
        guard !kinds.isEmpty else { return nil }
        return "members of entente_reader may make \(kinds.joined(separator: ", ")) in \(place), as everybody may: run "
            + "`entente migrate` once as a superuser; “Roles” in SECURITY.md says what bounds them until then"
    }
}
