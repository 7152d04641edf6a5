import Testbed
import Testing

@testable import Persistence

/// What neither role may do, tried on everything that the catalog has, so that a later migration's objects are held to it
/// too. `RoleTests` say what each may.
@Suite struct LeastPrivilegeTests {
    private let connection: Connection
    private let tables: [String]
    private let views: [String]

    init() throws {
        connection = try TestDatabase().connect()
        let named = { [connection] (kinds: String) in
            let rows = try connection.query(
                """
                SELECT relname::text FROM pg_class
                WHERE relnamespace = 'entente'::regnamespace AND relkind::text = ANY (string_to_array('\(kinds)', NULL))
                ORDER BY 1
                """)
            return try (0..<rows.count).map { try rows.text($0, 0) }
        }
        tables = try named("rpm")
        views = try named("v")
        try #require(tables.count > 15 && views.count > 20)
    }

    /// Every statement is refused for want of a right, and for nothing else.
    private func expectDenied(_ statements: [String], to role: String) throws {
        try connection.exec("SET ROLE \(role)")
        defer { try? connection.exec("RESET ROLE") }
        for sql in statements {
            let error = #expect(throws: PersistenceError.self, "\(role): \(sql)") { try connection.exec(sql) }
            #expect(error?.sqlState == "42501", "\(role): \(sql): \(String(describing: error))")
        }
    }

    @Test func theReaderReadsViewsAlone() throws {
        try expectDenied(
            tables.flatMap { table in
                [
                    "SELECT FROM entente.\(table)", "TABLE entente.\(table)", "DELETE FROM entente.\(table)",
                    "COPY entente.\(table) TO STDOUT", "TRUNCATE entente.\(table)",
                ]
            }, to: "entente_reader")
        try connection.exec("SET ROLE entente_reader")
        for view in views { try connection.query("SELECT * FROM entente.\(view) LIMIT 0") }
    }

    /// What PostgreSQL lets everybody do asks for no right on any table.
    @Test(arguments: ["entente_worker", "entente_reader"]) func neitherRoleWritesBesideTheTables(role: String) throws {
        try connection.exec("GRANT CREATE ON SCHEMA public TO PUBLIC; SELECT lo_create(4711)")
        // As a database that was made after the roles has it.
        try connection.exec("GRANT EXECUTE ON FUNCTION lo_create(oid), lo_unlink(oid) TO PUBLIC")
        #expect(try Migrator(connection).migrate().warnings == [])
        try expectDenied(
            [
                "CREATE TEMPORARY TABLE mine (a integer)", "CREATE TEMPORARY VIEW mine AS SELECT 1",
                "SELECT 1 AS a INTO TEMPORARY mine", "CREATE TEMPORARY SEQUENCE mine",
                "CREATE TABLE public.mine (a integer)",
                "CREATE FUNCTION public.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
                "CREATE SCHEMA mine", "SELECT lo_creat(-1)", "SELECT lo_create(0)", "SELECT lo_from_bytea(0, 'mine')",
                "SELECT lo_put(4711, 0, 'mine')", "SELECT lowrite(0, 'mine')", "SELECT lo_truncate(0, 0)",
                "SELECT lo_truncate64(0, 0)", "SELECT lo_unlink(4711)", "SELECT lo_import('/etc/hostname')",
                "COPY (SELECT 1) TO '/tmp/mine'", "COPY (SELECT 1) TO PROGRAM 'cat'",
            ], to: role)
    }

    @Test(arguments: ["entente_worker", "entente_reader"]) func neitherRoleDeletesOrChangesTheSchema(role: String)
        throws
    {
        try expectDenied(
            tables.flatMap { table in
                [
                    "DELETE FROM entente.\(table) WHERE false", "TRUNCATE entente.\(table)",
                    "DROP TABLE entente.\(table)",
                    "ALTER TABLE entente.\(table) ADD mine integer", "ALTER TABLE entente.\(table) DISABLE TRIGGER ALL",
                    "CREATE INDEX ON entente.\(table) ((1))", "COMMENT ON TABLE entente.\(table) IS 'mine'",
                ]
            }
                + views.flatMap { view in
                    ["DROP VIEW entente.\(view)", "ALTER VIEW entente.\(view) RENAME TO mine"]
                } + [
                    "CREATE TABLE entente.mine (a integer)", "CREATE VIEW entente.mine AS SELECT 1",
                    "CREATE FUNCTION entente.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
                    "DROP SCHEMA entente CASCADE",
                ], to: role)
    }

    /// Roll-ups change through triggers and in no other way.
    @Test func theWorkerWritesNoSumItself() throws {
        let sums = tables.filter { $0.hasSuffix("_rollups") } + ["schema_migrations"]
        #expect(sums.count == 7)
        let columns = try sums.map { table in
            try connection.query(
                "SELECT attname::text FROM pg_attribute WHERE attrelid = 'entente.\(table)'::regclass AND attnum = 1"
            ).text(0, 0)
        }
        try expectDenied(
            zip(sums, columns).flatMap { table, column in
                [
                    "UPDATE entente.\(table) SET \(column) = NULL WHERE false",
                    "INSERT INTO entente.\(table) (\(column)) SELECT NULL WHERE false",
                ]
            }, to: "entente_worker")
    }

    @Test func neitherRoleOwnsAnything() throws {
        let owned = try connection.query(
            """
            SELECT c.relname::text FROM pg_class AS c WHERE c.relnamespace = 'entente'::regnamespace
                AND pg_get_userbyid(c.relowner) IN ('entente_worker', 'entente_reader')
            UNION ALL
            SELECT p.proname::text FROM pg_proc AS p WHERE p.pronamespace = 'entente'::regnamespace
                AND pg_get_userbyid(p.proowner) IN ('entente_worker', 'entente_reader')
            """)
        #expect(owned.count == 0)
    }

    /// What the reader may call only looks; and what acts with its owner's rights has a search path of its own.
    @Test func functionsAreClosed() throws {
        let loose = try connection.query(
            """
            SELECT p.oid::regprocedure::text FROM pg_proc AS p WHERE p.pronamespace = 'entente'::regnamespace
                AND (has_function_privilege('entente_reader', p.oid, 'EXECUTE') AND p.provolatile = 'v'
                    OR p.prosecdef AND NOT 'search_path=pg_catalog, pg_temp' = ANY (coalesce(p.proconfig, '{}')))
            """)
        #expect(try (0..<loose.count).map { try loose.text($0, 0) } == [])
    }
}
