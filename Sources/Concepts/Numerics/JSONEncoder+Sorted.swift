import Foundation

extension JSONEncoder {
    /// A value as JSON with sorted keys and slashes as they are, so that equal values are equal bytes.
    ///
    /// - Parameter isPretty: over several lines, for people; else on one, without white space.
    /// - Throws: what `value` throws, and `EncodingError` for a number that is not finite.
    public static func sorted(_ value: some Encodable, isPretty: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
