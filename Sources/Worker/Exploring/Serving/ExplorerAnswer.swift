/// What is sent back.
struct ExplorerAnswer: Sendable {
    var status = 200
    var headers: [String: String]
    var body: [UInt8]

    /// Sent with everything: nothing of another host is loaded, nothing inline is run, nobody frames it.
    private static let protection = [
        "content-security-policy":
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
        "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "x-frame-options": "DENY",
        "cross-origin-resource-policy": "same-origin", "cross-origin-opener-policy": "same-origin",
    ]

    init(_ body: [UInt8], type: String, keptFor seconds: Int = 0) {
        self.body = body
        headers = Self.protection
        headers["content-type"] = type
        headers["cache-control"] = seconds > 0 ? "private, max-age=\(seconds)" : "no-cache"
    }

    init(_ text: String, type: String, keptFor seconds: Int = 0) {
        self.init(Array(text.utf8), type: type, keptFor: seconds)
    }

    /// Says that something is wrong.
    mutating func take(_ kind: ExplorerProblem.Kind) {
        status = kind.rawValue
        if kind == .unavailable { headers["retry-after"] = "2" }
    }

    /// To another page of ours.
    static func redirect(to path: String) -> ExplorerAnswer {
        var answer = ExplorerAnswer("", type: "text/plain; charset=utf-8")
        answer.status = 303
        answer.headers["location"] = path
        return answer
    }
}
