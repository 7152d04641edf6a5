/// A vision transformer with a dense method beside it: its sessions give ``PatchOutputs/dense``, too.
public struct DenseEncoder: Sendable {
    public let vision: VisionTransformer
    private let recipe: DenseRecipe
    /// `[C, e]`; of a method that asks for none, no rows.
    private let texts: Matrix

    init(_ vision: VisionTransformer, _ recipe: DenseRecipe, texts: Matrix? = nil) {
        precondition(texts != nil || !recipe.needsTexts, "a method that needs texts without any")
        self.vision = vision
        self.recipe = recipe
        self.texts = texts ?? Matrix(rows: 0, columns: vision.embeddingWidth)
    }

    /// Encoder and method at work for one lane, with memory for up to `batchSize` images together.
    public func session(batchSize: Int) -> any VisionSession {
        VisionTransformerSession(vision, batchSize: batchSize) { recipe.branch(beside: $0, texts: texts) }
    }
}
