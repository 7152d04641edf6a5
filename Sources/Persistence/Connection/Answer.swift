import CPostgres

/// libpq's result of a statement, cleared when nobody looks at it any more.
///
/// Unchecked, because a result never changes once libpq has handed it over, and reading one takes no lock.
final class Answer: @unchecked Sendable {
    let result: OpaquePointer?
    init(_ result: OpaquePointer?) { self.result = result }
    deinit { PQclear(result) }
}
