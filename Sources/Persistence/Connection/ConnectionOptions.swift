import CPostgres

/// What libpq makes of a connection URI, or what a session of it was made with, service file and environment included.
struct ConnectionOptions {
    private var values: [String: String] = [:]
    /// Values that no message may hold, whatever it says.
    private(set) var secrets: [String] = []

    /// Those that libpq does not mark as passwords.
    private static let furtherSecrets = ["oauth_client_secret", "scram_client_key", "scram_server_key"]

    /// Takes over and frees libpq's array.
    init(consuming options: UnsafeMutablePointer<PQconninfoOption>) {
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword.map({ String(cString: $0) }) {
            defer { option += 1 }
            guard let value = option.pointee.val.map({ String(cString: $0) }), !value.isEmpty else { continue }
            values[keyword] = value
            let isPassword = option.pointee.dispchar.map { String(cString: $0) } == "*"
            if isPassword || Self.furtherSecrets.contains(keyword) { secrets.append(value) }
        }
    }

    subscript(_ keyword: String) -> String? { values[keyword] }

    /// Which of host, address and port can't be one, so that it may be a piece of something else; nil if all can be.
    var impossible: String? {
        func elements(_ keyword: String) -> [Substring.UTF8View] {
            (values[keyword] ?? "").utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: true)
                .map { Substring($0).utf8 }
        }
        if !elements("port").allSatisfy({ Int(Substring($0)).map { (1...65535).contains($0) } ?? false }) {
            return "port"
        }
        for keyword in ["host", "hostaddr"] where !elements(keyword).allSatisfy(Self.mayBeHost) { return keyword }
        return nil
    }

    /// A name of any script, an address, a socket's folder, or an abstract socket.
    private static func mayBeHost(_ text: Substring.UTF8View) -> Bool {
        func isPlain(_ byte: UInt8) -> Bool {
            byte >= 0x80 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || ".-_".utf8.contains(byte)
        }
        if text.first == UInt8(ascii: "/") { return !text.contains { $0 < 0x20 || "@:?#".utf8.contains($0) } }
        if text.first == UInt8(ascii: "@") {
            return text.dropFirst().allSatisfy { isPlain($0) || $0 == UInt8(ascii: "/") }
        }
        guard text.contains(UInt8(ascii: ":")) else { return text.allSatisfy(isPlain) }
        let zone = text.firstIndex(of: UInt8(ascii: "%")) ?? text.endIndex
        let isAddress = text[..<zone].allSatisfy { byte in
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "abcdefABCDEF:.".utf8.contains(byte)
        }
        return isAddress && text.count { $0 == UInt8(ascii: ":") } >= 2 && text[zone...].dropFirst().allSatisfy(isPlain)
    }

    /// A name as a message may have it: nil where it looks as if more than a name had got into it.
    func shown(_ keyword: String) -> String? {
        guard let value = values[keyword] else { return nil }
        // Roles of hosted servers are called `user@server`.
        let odd = keyword == "user" ? ":/?#&=%[]\"\\" : ":/?#&=%[]\"\\@"
        return value.utf8.contains { $0 < 0x20 || odd.utf8.contains($0) } ? nil : value
    }

    /// Whether libpq's and the server's own sentences may be passed on, which quote names, paths and numbers.
    var areQuotable: Bool {
        guard impossible == nil else { return false }
        let names = ["user", "dbname", "service"].filter { values[$0] != nil }
        return names.allSatisfy { shown($0) != nil }
            && values.allSatisfy { keyword, value in
                names.contains(keyword) || keyword.hasPrefix("host") || secrets.contains(value)
                    || !value.utf8.contains(UInt8(ascii: "@"))
            }
    }
}
