import CKafka

/// The list of brokers that a client begins with.
enum BootstrapServers {
    /// Refuses what is no list of `host:port`, with or without `PROTOCOL://`: librdkafka takes anything for a host's name, asks
    /// for its address and logs it, credentials that somebody wrote there included.
    ///
    /// - Throws: ``KafkaError`` that repeats nothing of the list.
    static func check(_ list: String) throws(KafkaError) {
        guard !list.isEmpty else {
            throw KafkaError(
                RD_KAFKA_RESP_ERR__INVALID_ARG, "no Kafka bootstrap servers are given; they read host:port,host:port")
        }
        let entries = list.utf8.split(separator: UInt8(ascii: ",")).filter { !trimmed($0).isEmpty }
        guard !entries.isEmpty else {
            throw KafkaError(
                RD_KAFKA_RESP_ERR__INVALID_ARG,
                "the Kafka bootstrap servers hold nothing but commas; they read host:port,host:port")
        }
        for (number, entry) in entries.enumerated() where isOfOtherProtocol(trimmed(entry)) {
            throw KafkaError(
                RD_KAFKA_RESP_ERR__INVALID_ARG,
                "entry \(number + 1) of the Kafka bootstrap servers begins with a protocol that Kafka has not, and is not repeated "
                    + "here, since it may hold a password; write host:port alone, and the protocol to "
                    + "ENTENTE_KAFKA_PROPERTIES_SECURITY_PROTOCOL, user and password to ENTENTE_KAFKA_PROPERTIES_SASL_USERNAME "
                    + "and ENTENTE_KAFKA_PROPERTIES_SASL_PASSWORD")
        }
        for (number, entry) in entries.enumerated() where !isServer(trimmed(entry)) {
            throw KafkaError(
                RD_KAFKA_RESP_ERR__INVALID_ARG,
                "entry \(number + 1) of the Kafka bootstrap servers is no host:port, and is not repeated here, since it may "
                    + "hold a password; user and password go to ENTENTE_KAFKA_PROPERTIES_SASL_USERNAME and "
                    + "ENTENTE_KAFKA_PROPERTIES_SASL_PASSWORD")
        }
    }

    private static func trimmed(_ entry: Substring.UTF8View) -> Substring.UTF8View {
        var entry = entry.drop { $0 == UInt8(ascii: " ") }
        while entry.last == UInt8(ascii: " ") { entry.removeLast() }
        return entry
    }

    private static let protocols = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"].map { "\($0)://" }

    private static func isOfOtherProtocol(_ text: Substring.UTF8View) -> Bool {
        let text = Substring(text).uppercased()
        return text.contains("://") && !protocols.contains(where: text.hasPrefix)
    }

    private static func isServer(_ text: Substring.UTF8View) -> Bool {
        var rest = text
        if let scheme = protocols.first(where: Substring(rest).uppercased().hasPrefix) {
            rest = rest.dropFirst(scheme.utf8.count)
        }
        var isAddress = false
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = rest[..<end].dropFirst()
            guard !address.isEmpty, address.allSatisfy({ isPlain($0) || ":%".utf8.contains($0) }) else { return false }
            rest = rest[rest.index(after: end)...]
            isAddress = true
        }
        let host = rest.prefix { $0 != UInt8(ascii: ":") }
        let port = rest[host.endIndex...]
        guard isAddress ? host.isEmpty : !host.isEmpty && host.allSatisfy(isPlain) else { return false }
        return port.isEmpty || Int(Substring(port.dropFirst())).map { 1...65535 ~= $0 } ?? false
    }

    /// Letters of any script.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), 0x80...0xFF:
            true
        default: false
        }
    }
}
