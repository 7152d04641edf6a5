/// The members of a JSON object, for ``JSONValueDecoder``.
struct JSONObjectContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let codingPath: [any CodingKey]
    private let members: [String: JSONValue]

    /// - Throws: ``JSONReader/Fault`` for two names that `String` takes for one.
    init(_ members: [(name: String, value: JSONValue)], at path: [any CodingKey]) throws(JSONReader.Fault) {
        codingPath = path
        var values: [String: JSONValue] = Dictionary(minimumCapacity: members.count)
        for member in members where values.updateValue(member.value, forKey: member.name) != nil {
            throw JSONReader.Fault(
                kind: .duplicateName,
                reason: "the field \(member.name.quoted) occurs in two spellings that read alike in one object")
        }
        self.members = values
    }

    var allKeys: [Key] { members.keys.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }

    private func decoder(_ key: any CodingKey) throws -> JSONValueDecoder {
        guard let value = members[key.stringValue] else {
            throw DecodingError.keyNotFound(
                key, .init(codingPath: codingPath, debugDescription: "the field is missing"))
        }
        return JSONValueDecoder(value, at: codingPath + [key])
    }

    func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).decodeNil() }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try decoder(key).decode(type) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try decoder(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(key).unkeyedContainer()
    }

    func superDecoder() -> any Decoder { JSONValueDecoder(.object(members.map { ($0, $1) }), at: codingPath) }

    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }
}
