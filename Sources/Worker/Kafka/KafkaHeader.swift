/// A name and a value that travel beside a message; names may repeat.
package struct KafkaHeader: Sendable, Hashable {
    package let name: String
    /// `nil` for a header without value.
    package let value: [UInt8]?

    package init(_ name: String, _ value: [UInt8]?) {
        self.name = name
        self.value = value
    }

    package init(_ name: String, _ text: String) { self.init(name, Array(text.utf8)) }
}
