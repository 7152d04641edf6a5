import Foundation

/// By which powers of two the inputs of layers are divided, and their weights multiplied, before both become whole numbers: an input that
/// is large by nature then leaves the others more of a row's 255 steps (docs/precision.md §5).
///
/// A power of two rounds nothing: between floats, which have exponents of their own, a smoothed layer would be the layer itself.
public struct Smoothing: Sendable, Hashable {
    /// The exponent of each input, by the name that open_clip has for the layer's weights. A layer that is not here is not smoothed.
    public let exponents: [String: [Int8]]

    /// Beyond these nothing is gained, and the range of floats would be left.
    static let limits: ClosedRange<Int8> = -40...40

    public init(exponents: [String: [Int8]]) { self.exponents = exponents }

    /// Stands for that of whichever model, where models are compared.
    public static let ofModel = Smoothing(exponents: [:])
}

/// Each layer's exponents as bytes, in Base64.
extension Smoothing: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        exponents = try container.decode([String: Data].self).mapValues { $0.map(Int8.init(bitPattern:)) }
        guard exponents.values.joined().allSatisfy(Self.limits.contains) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "an exponent is not from \(Self.limits.lowerBound) to \(Self.limits.upperBound)")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(exponents.mapValues { Data($0.map(UInt8.init(bitPattern:))) })
    }
}
