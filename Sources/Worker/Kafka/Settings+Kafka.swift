import Settings

extension Settings {
    /// How to reach Kafka.
    package func kafka() throws(SettingsError) -> KafkaClientConfiguration {
        KafkaClientConfiguration(
            bootstrapServers: try required(.kafkaBootstrapServers), properties: kafkaProperties)
    }

    /// Where dead letters go.
    ///
    /// - Throws: ``SettingsError`` for a name that no topic can have, and for that of image jobs, which would feed on itself.
    package func deadLetterTopic() throws(SettingsError) -> String {
        let jobs = try required(.kafkaTopic)
        let variable = Setting.kafkaDeadLetterTopic.variable
        guard let name = value(.kafkaDeadLetterTopic), !name.isEmpty else { return jobs + ".dead-letters" }
        let isName =
            (1...249).contains(name.utf8.count) && name != "." && name != ".."
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        guard isName else {
            throw SettingsError(
                "\(variable) is \(quoted(name)), which no topic can be called; a name has 1 to 249 letters, digits, dots, "
                    + "hyphens and underscores.")
        }
        guard name != jobs else {
            throw SettingsError("\(variable) is \(quoted(name)), the topic of image jobs; name another one.")
        }
        return name
    }
}
