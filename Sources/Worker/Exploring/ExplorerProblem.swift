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
