/// SC-CLIP's constants (docs/dense.md §2.8). Block numbers are those of a model of twelve.
struct SCCLIP: Sendable {
    /// Cosines below this do not count when patches are averaged with their likes.
    var threshold: Float = 0.4
    /// Whose likeness guides the last block and averages its input.
    var guidingBlock = 9
    /// Whose likeness averages its output.
    var smoothingBlock = 4
    /// Whose sum takes the same way as the last block's input.
    var summedBlocks = 4...10
    /// How much of the class token is added to every patch.
    var classShare: Float = 0.3
    /// What differences from the mean likeness are multiplied by before the softmax.
    var guidanceGain: Float = 3
    var anomalies = AnomalyTokens()
}
