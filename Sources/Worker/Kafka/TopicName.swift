/// What Kafka takes for the name of a topic.
enum TopicName {
    /// How a name has to be, for a sentence.
    static let rule = "1 to 249 letters, digits, dots, underscores and hyphens"

    /// Whether it is one: ASCII alone, and neither `.` nor `..`, which are folders where brokers keep their logs.
    static func isValid(_ name: String) -> Bool {
        (1...249).contains(name.utf8.count) && name != "." && name != ".."
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
