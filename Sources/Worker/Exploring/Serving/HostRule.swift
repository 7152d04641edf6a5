import Foundation
import HTTP
import Settings

/// By which names an explorer may be called. A page of another name can be made to resolve to it, and would read along with the
/// rights of whoever has that page open: a browser's `Host` says by which name it believes to ask.
struct HostRule: Sendable {
    /// In lower case, besides this machine's own.
    private let names: Set<String>
    /// Whether an address in digits will do. It resolves to nothing else, so no other page stands behind it.
    private let takesAddresses: Bool

    /// - Parameters:
    ///   - listed: names and addresses without ports, comma-separated; nil: none.
    ///   - access: of the explorer.
    ///   - address: that it listens on, which is a name of it.
    /// - Returns: nil when any name will do: where a token has to be known and no names are listed.
    /// - Throws: ``SettingsError`` for an entry that can't be a host's name.
    init?(_ listed: String?, for access: AccessRule, at address: String) throws(SettingsError) {
        var names: Set<String> = []
        for part in (listed ?? "").split(separator: ",") {
            let name = Self.plain(part.trimmingCharacters(in: .whitespaces))
            guard
                name.wholeMatch(of: #/[a-z0-9_]([a-z0-9_.\-]*[a-z0-9_])?/#) != nil || IPAddress(parsing: name) != nil
            else {
                throw SettingsError(
                    "\(Setting.exploreHosts.variable) names \(quoted(String(part))); it takes hosts' names and addresses without "
                        + "ports, comma-separated, such as explore.example.org.")
            }
            names.insert(name)
        }
        switch access {
        case .token where names.isEmpty: return nil
        case .thisMachine: takesAddresses = false
        case .token, .header: takesAddresses = true
        }
        self.names = names.union([Self.plain(address)])
    }

    /// - Returns: nil when the request may pass; what to answer otherwise.
    func refusal(of request: ExplorerRequest) -> ExplorerProblem? {
        let name = request.host.map(Self.name) ?? ""
        if !name.isEmpty, names.contains(name) || AccessRule.isLoopback(name) { return nil }
        if takesAddresses, IPAddress(parsing: name) != nil { return nil }
        return ExplorerProblem(
            .forbidden,
            "The explorer does not answer to this name. Ask for it as localhost or by its address, or list the name in "
                + "\(Setting.exploreHosts.variable).")
    }

    /// Without port and brackets.
    private static func name(of host: String) -> String {
        if host.hasPrefix("[") { return plain(host.dropFirst().prefix { $0 != "]" }) }
        return plain(host.prefix { $0 != ":" })
    }

    /// As names are compared: in lower case, without the dot that may end one.
    private static func plain(_ name: some StringProtocol) -> String {
        let lower = name.lowercased()
        return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
    }
}
