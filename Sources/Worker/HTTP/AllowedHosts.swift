/// Hosts that may be asked although they lie at an address that is refused otherwise.
package struct AllowedHosts: Sendable, Hashable {
    private struct Entry: Hashable {
        enum Place: Hashable {
            /// In lower case; wherever it resolves to.
            case name(String)
            case range(AddressRange)
        }

        let place: Place
        /// nil: all of them.
        let port: Int?
    }

    private let entries: [Entry]

    private init(entries: [Entry]) { self.entries = entries }

    /// From a comma-separated list of `name`, `address` and `address/bits`, each with or without `:port`; an IPv6 address
    /// with a port stands in brackets.
    ///
    /// - Throws: ``Malformed`` with the first entry that is none of these.
    package init(parsing text: String) throws(Malformed) {
        var entries: [Entry] = []
        for part in text.split(separator: ",") {
            let item = part.drop(while: \.isWhitespace)
            guard let end = item.lastIndex(where: { !$0.isWhitespace }) else { continue }
            guard let entry = Self.entry(item[...end]) else { throw Malformed(entry: String(item[...end])) }
            entries.append(entry)
        }
        self.entries = entries
    }

    package struct Malformed: Error, Hashable { package let entry: String }

    private static func entry(_ text: Substring) -> Entry? {
        var (place, port) = (text, Substring?.none)
        if text.hasPrefix("["), let bracket = text.lastIndex(of: "]") {
            place = text[text.index(after: text.startIndex)..<bracket]
            let rest = text[text.index(after: bracket)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
            (place, port) = (text[..<colon], text[text.index(after: colon)...])
        }
        var number: Int?
        if let port {
            guard let parsed = UInt16(port), parsed > 0 else { return nil }
            number = Int(parsed)
        }
        if let range = AddressRange(parsing: place) { return Entry(place: .range(range), port: number) }
        guard isName(place) else { return nil }
        return Entry(place: .name(place.lowercased()), port: number)
    }

    /// Letters of any script, but nothing that a URL's host can't hold.
    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && !text.contains { $0.isWhitespace || "/:@?#[]*%\\".contains($0) }
    }

    /// - Parameter host: the URL's, in lower case.
    func allows(_ host: String, at address: IPAddress, port: Int, against rule: AddressRule) -> Bool {
        entries.contains { entry in
            guard entry.port == nil || entry.port == port else { return false }
            switch entry.place {
            // Neither a name, which may come to mean anything, nor a wide range opens the way to a machine's credentials.
            case .name(let name): return rule != .metadata && name == host
            case .range(let range): return (rule != .metadata || range.isOneAddress) && range.contains(address)
            }
        }
    }
}
