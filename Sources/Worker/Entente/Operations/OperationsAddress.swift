import Jobs
import Settings

/// Where the operations endpoint listens.
struct OperationsAddress: Sendable, Hashable, CustomStringConvertible {
    let host: String
    /// 0: any that is free.
    let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// From `host:port`; an IPv6 address stands in brackets. nil for anything else: which interfaces are meant has to be
    /// said.
    init?(parsing text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, !host.contains(where: \.isWhitespace) else { return nil }
        self.host = String(host)
        self.port = Int(port)
    }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension Settings {
    /// Where the operations endpoint listens; nil when there is to be none.
    func operationsAddress() throws(SettingsError) -> OperationsAddress? {
        guard let text = value(.httpAddress), !text.isEmpty else { return nil }
        guard let address = OperationsAddress(parsing: text) else {
            throw SettingsError(
                "\(Setting.httpAddress.variable) is \(quoted(redactedURI(text))); it has to be host:port, such as 0.0.0.0:9464, or "
                    + "empty.")
        }
        return address
    }
}
