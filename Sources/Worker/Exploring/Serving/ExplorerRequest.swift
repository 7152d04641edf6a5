/// What of a request matters.
struct ExplorerRequest: Sendable {
    let method: String
    /// As it was sent, percent-encoded.
    let path: String
    let query: PageQuery
    /// What the path names; nil: there is no such page.
    let found: (route: ExplorerRoute, form: PageForm)?
    /// By their names in lower case.
    let headers: [String: String]

    init(method: String = "GET", target: String, headers: [String: String] = [:]) {
        self.method = method
        let halves = target.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        path = halves.first.flatMap { String($0) } ?? ""
        found = ExplorerRoute.parse(path)
        query = PageQuery(halves.count > 1 ? String(halves[1]) ?? "" : "")
        self.headers = Dictionary(headers.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
    }

    func header(_ name: String) -> String? { headers[name.lowercased()] }
    var host: String? { header("host") }

    var bearer: String? {
        guard let value = header("authorization"), value.lowercased().hasPrefix("bearer ") else { return nil }
        return String(value.dropFirst("bearer ".count))
    }

    func cookie(_ name: String) -> String? {
        for pair in (header("cookie") ?? "").split(separator: ";") {
            let halves = pair.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, halves[0].drop(while: { $0 == " " }) == name else { continue }
            return String(halves[1])
        }
        return nil
    }
}
