import Crypto
import Foundation

/// Who may look.
enum AccessRule: Sendable {
    /// Whoever reaches a loopback address of this machine, by its own name.
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
        case .thisMachine:
            // A page of another name that resolves to this machine must not read along.
            guard let host = request.host, Self.isLoopback(Self.name(of: host)) else {
                return ExplorerProblem(
                    .forbidden,
                    "The explorer answers as localhost alone; for other names start it with a token or behind a proxy.")
            }
            return nil
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

    /// Without the port.
    private static func name(of host: String) -> String {
        if host.hasPrefix("[") { return String(host.dropFirst().prefix { $0 != "]" }) }
        return String(host.prefix { $0 != ":" })
    }
}
