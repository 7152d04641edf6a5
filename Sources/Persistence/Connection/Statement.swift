/// A statement that a session parses once. Declared beside the code that runs it, as a constant.
struct Statement: Sendable, Hashable {
    /// Unique in the module.
    let name: String
    let sql: String

    /// - Parameter sql: one statement; every `$n` carries a cast where its type is not plain from the context.
    init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }
}
