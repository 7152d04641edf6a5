import Fetch
import Jobs

/// Why an address has no page, in a sentence for whoever asked.
struct ExplorerProblem: Error, Sendable, Hashable {
    enum Kind: Int, Sendable {
        case badRequest = 400
        case unauthorized = 401
        case forbidden = 403
        case notFound = 404
        case notAllowed = 405
        case broken = 500
        case unavailable = 503
    }

    let kind: Kind
    let sentence: String

    init(_ kind: Kind, _ sentence: String) {
        self.kind = kind
        self.sentence = sentence
    }
}

extension ExplorerProblem {
    /// What is read of a picture elsewhere, with what stands in its way as a problem of the page.
    static func fetching<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let failure as ImageFailure {
            throw ExplorerProblem(.notFound, failure.description)
        } catch let failure as TransientFetchFailure {
            throw ExplorerProblem(.unavailable, failure.description)
        }
    }
}
