/// What the layers of a vision encoder's trunk compute in (docs/precision.md): between them, and in everything else, are 32-bit floats.
public enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
    case fp32
    /// Weights and rows rounded to bfloat16, sums in 32-bit floats.
    case bf16
    /// Weights in whole numbers on a scale of each output's own, rows on a grid of each row's own.
    case int8
}
