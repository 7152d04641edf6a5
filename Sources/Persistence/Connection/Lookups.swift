/// Has a transaction look rows up by their keys, whatever the planner believes of the tables.
///
/// A prepared statement keeps the plan of the time when it was planned, as foreign keys do for a whole session. One that was made
/// while a table was nearly empty reads all of it once it holds a million rows, until somebody analyses it. So none is made that
/// scans; what could be joined in bulk is a lateral subquery with a limit, or a scalar one.
enum Lookups {
    /// The number of the submission that a row `u` names; NULL: it names none that is there.
    static let submission = "(SELECT s.sequence FROM entente.submissions AS s WHERE s.submission_id = u.submission)"

    /// To be called first in a transaction.
    static let begin = Call(
        Statement(
            "entente_look_up",
            """
            SELECT pg_catalog.set_config('enable_seqscan', 'off', true),
                pg_catalog.set_config('enable_bitmapscan', 'off', true)
            """))

    /// Before an UPDATE, whose table can't be looked up in a subquery. What comes later should join nothing in bulk.
    static let joinRowByRow = Call(
        Statement(
            "entente_join_row_by_row",
            """
            SELECT pg_catalog.set_config('enable_hashjoin', 'off', true),
                pg_catalog.set_config('enable_mergejoin', 'off', true)
            """))
}

extension Connection {
    /// Runs one statement that looks rows up, in one round trip unless a transaction is open, which looks rows up from then on.
    func lookUp(_ statement: Statement, _ parameters: [Parameter] = []) throws -> Rows {
        if inTransaction {
            try run(Lookups.begin.statement)
            return try run(statement, parameters)
        }
        do {
            return try pipelinedTransaction([Lookups.begin, Call(statement, parameters)])[1]
        } catch let failure as PipelineFailure { throw failure.error }
    }
}
