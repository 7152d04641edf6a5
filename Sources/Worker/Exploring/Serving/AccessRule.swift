import Crypto
import Foundation

/// Who may look.
enum AccessRule: Sendable {
    /// Whoever reaches it, which is this machine alone.
    case thisMachine
    /// Whoever knows the token.
    case token(AccessToken)
    /// Whoever a proxy has let through, which says so in a header that it takes from everybody else.
    case header(String)

    /// Whether an address is this machine's own, which nobody else reaches.
    static func isLoopback(_ host: String) -> Bool {
        let name = host.lowercased()
        return name == "localhost" || name == "::1" || name.wholeMatch(of: #/127(\.[0-9]{1,3}){3}/#) != nil
    }

    /// - Returns: nil when the request may pass; what to answer otherwise.
    func refusal(of request: ExplorerRequest) -> ExplorerProblem? {
        switch self {
        case .thisMachine: return nil
        case .token(let token):
            let given = request.bearer ?? request.query["token"]
            if let given, token.isRight(given) { return nil }
            if let cookie = request.cookie(AccessToken.cookieName), token.isRight(cookie: cookie) { return nil }
            return ExplorerProblem(
                .unauthorized,
                "Open the explorer once with ?token=… behind its address, or send the token as Authorization: Bearer.")
        case .header(let name):
            guard let value = request.header(name), !value.isEmpty else {
                return ExplorerProblem(
                    .unauthorized, "The proxy in front of the explorer has not said who asks, in \(name).")
            }
            return nil
        }
    }
}
