/// Brings a database's schema up to this build, or says whether the two fit.
public struct Migrator {
    private let connection: Connection
    private let migrations: [Migration]

    /// - Parameter connection: with patient settings; a migration may take longer than a statement should.
    public init(_ connection: Connection) { self.init(connection, migrations: Migration.embedded) }

    init(_ connection: Connection, migrations: [Migration]) {
        self.connection = connection
        self.migrations = migrations
    }

    /// The newest schema this build knows.
    public static var buildVersion: Int { Migration.embedded.last?.version ?? 0 }

    public struct Outcome: Sendable, Equatable {
        /// Versions applied by this call.
        public let applied: [Int]
        /// The database's version now.
        public let version: Int
        /// What was left out, one sentence each: roles that this user may not create, rights that it may not take away.
        public let warnings: [String]
    }

    private struct Applied {
        let version: Int
        let name: String
        let checksum: String
        let oldestWorker: Int
    }

    /// Applies what is missing, each migration in a transaction of its own. Several may run at once: a lock lets
    /// one through at a time, and the others find nothing left to do.
    ///
    /// - Throws: ``PersistenceError`` of code `schema` when an applied migration's file has changed since.
    public func migrate() throws -> Outcome {
        var warnings: [String] = []
        let owner = try prepareRoles(&warnings)
        var applied: [Int] = []
        for migration in migrations where try apply(migration, as: owner) { applied.append(migration.version) }
        let version = try connection.transaction {
            try lock()
            let present = try connection.query(
                """
                SELECT count(*)::int FROM pg_catalog.pg_roles WHERE rolname IN ('entente_worker', 'entente_reader')
                """
            ).int(0, 0)
            if present == 2 {
                try become(owner) { try connection.exec(Migration.roles) }
                try connection.exec(Migration.database)
                if let excess = try ReaderExcess(connection).warning { warnings.append(excess) }
            }
            return try appliedMigrations().last?.version ?? 0
        }
        return Outcome(applied: applied, version: version, warnings: warnings)
    }

    /// Refuses to go on with a database that this build does not fit.
    ///
    /// - Throws: ``PersistenceError`` of code `schema`, naming the command that mends it.
    public func check() throws {
        let newest = migrations.last?.version ?? 0
        let exists = try connection.query(
            "SELECT pg_catalog.to_regclass('entente.schema_migrations') IS NOT NULL"
        ).bool(0, 0)
        guard exists else {
            throw PersistenceError(
                .schema, "\(connection.target.place) has no schema entente; run `entente migrate` once")
        }
        let applied = try appliedMigrations()
        try refuseDrift(applied)
        let version = applied.last?.version ?? 0
        guard version >= newest else {
            throw PersistenceError(
                .schema,
                "the schema of \(connection.target.place) is at version \(version), this build needs \(newest); "
                    + "run `entente migrate`")
        }
        let oldest = applied.map(\.oldestWorker).max() ?? 0
        guard newest >= oldest else {
            throw PersistenceError(
                .schema,
                "the schema of \(connection.target.place) is at version \(version) and needs builds of version "
                    + "\(oldest) or newer, this one is \(newest); install the build that ran `entente migrate`")
        }
    }

    // MARK: Steps

    /// Whether this call applied it.
    private func apply(_ migration: Migration, as owner: String?) throws -> Bool {
        try connection.transaction {
            try lock()
            let isThere = try connection.query("SELECT pg_catalog.to_regnamespace('entente') IS NOT NULL").bool(0, 0)
            try become(owner) {
                // IF NOT EXISTS would ask for the right to create schemas even when there is nothing to create.
                if !isThere { try connection.exec("CREATE SCHEMA entente") }
                try connection.exec(
                    """
                    CREATE TABLE IF NOT EXISTS entente.schema_migrations (
                        version integer PRIMARY KEY,
                        name text NOT NULL,
                        checksum text NOT NULL,
                        oldest_worker integer NOT NULL,
                        applied_at timestamptz NOT NULL DEFAULT now(),
                        duration_ms integer NOT NULL,
                        applied_by text NOT NULL DEFAULT session_user
                    )
                    """)
            }
            let applied = try appliedMigrations()
            try refuseDrift(applied)
            guard !applied.contains(where: { $0.version == migration.version }) else { return false }
            let newest = applied.last?.version ?? 0
            guard migration.version > newest else {
                throw PersistenceError(
                    .schema, "migration \(migration.version) is missing below version \(newest) of the database")
            }
            try become(owner) {
                try connection.exec(migration.sql)
                try connection.query(
                    """
                    INSERT INTO entente.schema_migrations (version, name, checksum, oldest_worker, duration_ms)
                    VALUES ($1, $2, $3, $4,
                        (extract(epoch FROM clock_timestamp() - now()) * 1000)::integer)
                    """,
                    [
                        .int(Int32(migration.version)), .text(migration.name), .text(migration.checksum),
                        .int(Int32(migration.oldestWorker)),
                    ])
            }
            return true
        }
    }

    private func lock() throws {
        try connection.exec(
            "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('entente.migrations', 0))")
    }

    private func appliedMigrations() throws -> [Applied] {
        let rows = try connection.query(
            "SELECT version, name, checksum, oldest_worker FROM entente.schema_migrations ORDER BY version")
        return try (0..<rows.count).map { row in
            try Applied(
                version: Int(rows.int(row, 0)), name: rows.text(row, 1), checksum: rows.text(row, 2),
                oldestWorker: Int(rows.int(row, 3)))
        }
    }

    private func refuseDrift(_ applied: [Applied]) throws {
        for migration in migrations {
            guard let row = applied.first(where: { $0.version == migration.version }) else { continue }
            guard row.checksum == migration.checksum else {
                throw PersistenceError(
                    .schema,
                    "migration \(migration.version) (\(row.name)) of \(connection.target.place) was applied with other "
                        + "content than this build has; use a build of the same origin, or a fresh database and "
                        + "`entente migrate`")
            }
        }
    }

    /// Runs `body` as `owner`, inside the transaction that is open.
    private func become(_ owner: String?, _ body: () throws -> Void) throws {
        guard let owner else { return try body() }
        try connection.query("SELECT set_config('role', $1, true)", [.text(owner)])
        try body()
        try connection.exec("RESET ROLE")
    }

    /// Creates the three groups where this user may, and finds who shall own the schema.
    ///
    /// - Returns: the role to become for DDL; nil to stay who one is.
    private func prepareRoles(_ warnings: inout [String]) throws -> String? {
        try connection.transaction {
            try lock()
            let missing = try connection.query(
                """
                SELECT g.name FROM unnest(ARRAY['entente_owner', 'entente_worker', 'entente_reader']) AS g (name)
                WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = g.name)
                """)
            if missing.count > 0 {
                let mayCreate = try connection.query(
                    "SELECT rolsuper OR rolcreaterole FROM pg_catalog.pg_roles WHERE rolname = current_user"
                ).bool(0, 0)
                if mayCreate {
                    for row in 0..<missing.count { try createRole(missing.text(row, 0)) }
                } else {
                    let names = try (0..<missing.count).map { try missing.text($0, 0) }.joined(separator: ", ")
                    warnings.append(
                        "the roles \(names) were not created, because the user has no CREATEROLE: grant it, or have an "
                            + "administrator create them, and run `entente migrate` again")
                }
            }
            return try schemaOwner()
        }
    }

    private func createRole(_ name: String) throws {
        // Roles belong to the whole cluster, so a migration of another database may be faster.
        try connection.exec(
            """
            DO $$ BEGIN CREATE ROLE \(name) NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$
            """)
    }

    /// Who owns the schema, or shall: an existing schema's owner, else entente_owner where one may act for it.
    private func schemaOwner() throws -> String? {
        let owner = try connection.query(
            """
            SELECT pg_catalog.pg_get_userbyid(nspowner)::text FROM pg_catalog.pg_namespace WHERE nspname = 'entente'
            """)
        if owner.count > 0 {
            let name = try owner.text(0, 0)
            let isSelf = try connection.query("SELECT current_user::text").text(0, 0) == name
            return isSelf ? nil : name
        }
        let mayAct = try connection.query(
            """
            SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'entente_owner')
                AND (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
            """
        ).bool(0, 0)
        guard mayAct else { return nil }
        try connection.exec(
            """
            DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO entente_owner', current_database()); END $$
            """)
        return "entente_owner"
    }
}
