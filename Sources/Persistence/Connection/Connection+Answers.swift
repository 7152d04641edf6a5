import CPostgres

extension Connection {
    func rows(_ answer: Answer, _ operation: String) throws -> Rows {
        try check(answer, operation)
        guard let rows = Rows(answer) else { throw lost(operation) }
        return rows
    }

    func check(_ answer: Answer, _ operation: String) throws {
        if let error = failure(answer, operation) { throw error }
    }

    /// nil when the statement succeeded.
    func failure(_ answer: Answer, _ operation: String) -> PersistenceError? {
        guard let result = answer.result else { return lost(operation) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return nil
        default: break
        }
        func field(_ code: Int) -> String? { PQresultErrorField(result, Int32(code)).map { String(cString: $0) } }
        guard let state = field(ENTENTE_DIAG_SQLSTATE) else {
            // No SQLSTATE: libpq itself speaks, nearly always of a connection that is gone.
            if let handle, PQstatus(handle) == CONNECTION_OK {
                return PersistenceError(
                    .answer, "\(operation): \(target.redacted(String(cString: PQresultErrorMessage(result))))")
            }
            return lost(operation)
        }
        var text = "\(operation): "
        if state.hasPrefix("22") || state.hasPrefix("23") {
            // The server's own words quote the value; names of the schema do not.
            text += "a record does not fit the tables"
            if let table = field(ENTENTE_DIAG_TABLE) { text += ", table \(table)" }
            if let column = field(ENTENTE_DIAG_COLUMN) { text += ", column \(column)" }
            if let constraint = field(ENTENTE_DIAG_CONSTRAINT) { text += ", constraint \(constraint)" }
        } else {
            text += target.redacted(field(ENTENTE_DIAG_PRIMARY) ?? "the server gave no message")
        }
        let code: PersistenceError.Code =
            switch state {
            case PersistenceError.fencedState: .fenced
            case PersistenceError.leftBehindState: .schema
            default: .server
            }
        return PersistenceError(code, text + " (SQLSTATE \(state))", sqlState: state)
    }

    func lost(_ operation: String) -> PersistenceError {
        let said = handle.map { target.redacted(String(cString: PQerrorMessage($0))) } ?? ""
        return PersistenceError(
            .connection, "\(operation): the connection to \(target.place) was lost\(said.isEmpty ? "" : ": \(said)")")
    }

    func refuseNUL(_ parameters: [Parameter], _ operation: String) throws {
        guard let place = parameters.firstIndex(where: \.holdsNUL) else { return }
        throw PersistenceError(
            .value, "\(operation): value \(place + 1) holds the character U+0000, which PostgreSQL can't store in text")
    }
}
