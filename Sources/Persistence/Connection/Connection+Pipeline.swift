import CPostgres
import Foundation

/// A statement with its values, to be sent with others in one go.
struct Call: Sendable {
    let statement: Statement
    let parameters: [Parameter]

    init(_ statement: Statement, _ parameters: [Parameter] = []) {
        self.statement = statement
        self.parameters = parameters
    }
}

/// A pipeline that did not come to its end.
struct PipelineFailure: Error {
    let error: PersistenceError
    /// Index of the call that failed; nil when the connection went before all answers were in, so that a COMMIT
    /// among the calls may or may not have happened.
    let call: Int?
}

extension Connection {
    private static let begin = Statement("entente_begin", "BEGIN")
    private static let commit = Statement("entente_commit", "COMMIT")
    private static let rollback = Statement("entente_rollback", "ROLLBACK")

    /// Runs `calls` as one transaction in one round trip.
    ///
    /// - Parameter commit: false to see what the server says and then take it all back.
    /// - Returns: one answer a call.
    /// - Throws: ``PipelineFailure``; unless it says that the outcome is unknown, nothing has taken effect.
    func pipelinedTransaction(_ calls: [Call], commit: Bool = true) throws -> [Rows] {
        try observed { try transact(calls, commit: commit) }
    }

    private func transact(_ calls: [Call], commit: Bool) throws -> [Rows] {
        let all = [Call(Self.begin)] + calls + [Call(commit ? Self.commit : Self.rollback)]
        for (index, call) in all.enumerated() {
            do {
                _ = try live()
                try refuseNUL(call.parameters, call.statement.name)
                try prepare(call.statement, types: call.parameters.map(\.type.rawValue))
            } catch let error as PersistenceError {
                throw PipelineFailure(error: error, call: index)
            }
        }
        guard let handle, PQenterPipelineMode(handle) == 1 else {
            throw PipelineFailure(error: lost("entering a pipeline"), call: 0)
        }
        do {
            // Non-blocking, so that sending never waits for a server that waits for its answers to be read.
            PQsetnonblocking(handle, 1)
            try send(all, handle)
            let answers = try receive(all, handle)
            PQsetnonblocking(handle, 0)
            guard PQexitPipelineMode(handle) == 1 else {
                throw PipelineFailure(error: lost("leaving a pipeline"), call: nil)
            }
            return Array(answers.dropFirst().dropLast())
        } catch let failure as PipelineFailure {
            PQsetnonblocking(handle, 0)
            // After an answered error the session is in step again and only the transaction has to go; a session
            // that is out of step is of no more use.
            if failure.call == nil || PQexitPipelineMode(handle) != 1 { disconnect() } else { rollBack() }
            throw failure
        }
    }

    private func send(_ calls: [Call], _ handle: OpaquePointer) throws {
        for call in calls {
            let sent = withWire(call.parameters) { _, values, lengths, formats in
                PQsendQueryPrepared(
                    handle, call.statement.name, Int32(call.parameters.count), values, lengths, formats, 1)
            }
            guard sent == 1 else { throw PipelineFailure(error: lost(call.statement.name), call: nil) }
            try flush(handle)
        }
        guard PQpipelineSync(handle) == 1 else { throw PipelineFailure(error: lost("ending a pipeline"), call: nil) }
        try flush(handle)
    }

    /// Sends what is buffered, reading whatever comes meanwhile.
    private func flush(_ handle: OpaquePointer) throws {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1: break
            default: throw PipelineFailure(error: lost("sending a pipeline"), call: nil)
            }
            var ready = pollfd(fd: PQsocket(handle), events: Int16(POLLIN | POLLOUT), revents: 0)
            if poll(&ready, 1, -1) < 0 && errno != EINTR {
                throw PipelineFailure(error: lost("sending a pipeline"), call: nil)
            }
            if ready.revents & Int16(POLLIN) != 0 && PQconsumeInput(handle) != 1 {
                throw PipelineFailure(error: lost("sending a pipeline"), call: nil)
            }
        }
    }

    private func receive(_ calls: [Call], _ handle: OpaquePointer) throws -> [Rows] {
        var answers: [Rows] = []
        var failed: PipelineFailure?
        for (index, call) in calls.enumerated() {
            let answer = Answer(PQgetResult(handle))
            guard let result = answer.result, PQstatus(handle) == CONNECTION_OK else {
                throw failed ?? PipelineFailure(error: lost(call.statement.name), call: nil)
            }
            if PQresultStatus(result) != PGRES_PIPELINE_ABORTED {
                if let error = failure(answer, call.statement.name) {
                    failed = failed ?? PipelineFailure(error: error, call: index)
                } else if let rows = Rows(answer) {
                    answers.append(rows)
                }
            }
            // A NULL ends each call's results.
            while Answer(PQgetResult(handle)).result != nil {}
        }
        let sync = Answer(PQgetResult(handle))
        guard let result = sync.result, PQresultStatus(result) == PGRES_PIPELINE_SYNC else {
            // Every answer was in, COMMIT's among them.
            if failed == nil, answers.count == calls.count { return answers }
            throw failed ?? PipelineFailure(error: lost("ending a pipeline"), call: nil)
        }
        if let failed { throw failed }
        return answers
    }
}
