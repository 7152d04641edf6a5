/// A name and a value that travel beside a message; names may repeat.
struct KafkaHeader: Sendable, Hashable {
    let name: String
    /// `nil` for a header without value.
    let value: [UInt8]?

    init(_ name: String, _ value: [UInt8]?) {
        self.name = name
        self.value = value
    }

    init(_ name: String, _ text: String) { self.init(name, Array(text.utf8)) }
}
