import Inference

// What the compiler writes for ``MethodParameters`` calls these two in place of the general ones, as they say more: an analysis
// in fp32 is encoded as before there was a choice.

extension KeyedEncodingContainer {
    mutating func encode(_ precision: Precision, forKey key: Key) throws {
        if precision != .fp32 { try encode(precision.rawValue, forKey: key) }
    }
}

extension KeyedDecodingContainer {
    func decode(_ type: Precision.Type, forKey key: Key) throws -> Precision {
        try decodeIfPresent(type, forKey: key) ?? .fp32
    }
}
