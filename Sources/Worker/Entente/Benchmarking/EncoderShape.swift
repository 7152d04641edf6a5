import Inference

/// The sizes of what an encoder takes and gives.
struct EncoderShape {
    let imageSize: Int, gridHeight: Int, gridWidth: Int
    /// Of patch features, and of embeddings.
    let width: Int, embedding: Int

    static let vitB16 = EncoderShape(imageSize: 224, gridHeight: 14, gridWidth: 14, width: 768, embedding: 512)

    init(imageSize: Int, gridHeight: Int, gridWidth: Int, width: Int, embedding: Int) {
        self.imageSize = imageSize
        self.gridHeight = gridHeight
        self.gridWidth = gridWidth
        self.width = width
        self.embedding = embedding
    }

    init(_ encoder: any VisionEncoder) {
        self.init(
            imageSize: encoder.imageSize, gridHeight: encoder.gridHeight, gridWidth: encoder.gridWidth,
            width: encoder.width, embedding: encoder.embeddingWidth)
    }
}
