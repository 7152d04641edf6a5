/// ResCLIP at work.
final class FeedbackBranch: DenseBranch {
    private let feedback: SemanticFeedback
    private let window: [Float]
    /// Blocks whose attention is averaged, from 0 on.
    private let residualBlocks: ClosedRange<Int>
    /// `[items, heads, t, t]`.
    private let residual: ScratchBuffer
    /// `[C, e]`, rows of length 1.
    private let texts: Matrix
    private let imageSize: Int
    private var images: ArraySlice<[Float]> = []

    init(
        _ feedback: SemanticFeedback, texts: Matrix, imageSize: Int, _ transformer: Transformer,
        _ body: TransformerWorkspace, side: Int, _ projection: PooledProjection
    ) {
        let layers = transformer.blocks.count
        self.feedback = feedback
        self.texts = texts
        self.imageSize = imageSize
        window = feedback.window.values(side: side)
        let (first, last) = (feedback.residualBlocks.lowerBound, feedback.residualBlocks.upperBound)
        residualBlocks = DenseRecipe.block(first, of: layers) - 1...DenseRecipe.block(last, of: layers) - 1
        let rows = 1 + side * side
        residual = ScratchBuffer(count: body.capacity / rows * transformer.shape.heads * rows * rows)
        super.init(transformer, body, side: side, projection)
    }

    override func begin(_ images: ArraySlice<[Float]>) { self.images = images }

    override func attended(_ block: Int) {
        if residualBlocks.contains(block) {
            for (place, item) in body.layout.items.enumerated() { average(block, place, item) }
        }
        guard isLast(block) else { return }
        for (place, item) in body.layout.items.enumerated() {
            attend(item, place, alike: nil)
            let similarity = PatchSimilarity.cosines(patches: patches(of: item), texts: texts)
            let labels = PatchLabels.find(
                similarity: similarity, side: side, planes: images[images.startIndex + place], imageSize: imageSize,
                threshold: feedback.threshold)
            attend(item, place, alike: feedback.attention(labels: labels, side: side))
        }
    }

    private func residual(_ place: Int, head: Int) -> UnsafeMutablePointer<Float> {
        let rows = 1 + side * side
        return residual.base + (place * transformer.shape.heads + head) * rows * rows
    }

    /// Adds a block's share to the mean of the model's own attention.
    private func average(_ block: Int, _ place: Int, _ item: RowLayout.Item) {
        let heads = heads(of: item)
        let share = 1 / Float(residualBlocks.count)
        for head in 0..<transformer.shape.heads {
            heads.logits(.query, .key, head: head, into: scores.base)
            heads.softmax(scores.base)
            let mean = residual(place, head: head)
            if block == residualBlocks.lowerBound { mean.update(repeating: 0, count: item.rows * item.rows) }
            for row in 0..<item.rows {
                let (target, source) = (mean + row * item.rows, scores.base + row * heads.stride)
                for column in 0..<item.rows { target[column] += share * source[column] }
            }
        }
    }

    /// Writes one item's rows of `path`.
    ///
    /// - Parameter alike: `[n, n]`, what the first pass found; nil in the first.
    private func attend(_ item: RowLayout.Item, _ place: Int, alike: Matrix?) {
        let heads = heads(of: item)
        let offset = item.start * transformer.shape.width
        for head in 0..<transformer.shape.heads {
            heads.logits(.key, .key, head: head, into: scores.base)
            if let alike { mix(alike, into: scores.base, heads.stride) }
            heads.add(window, addendStride: item.rows, to: scores.base)
            heads.softmax(scores.base)
            heads.blend(
                feedback.residualGain * (1 - feedback.residualShare), scores.base,
                feedback.residualGain * feedback.residualShare, residual(place, head: head))
            heads.values(scores.base, head: head, into: weighted.base + offset)
        }
        transformer.blocks[transformer.blocks.count - 1].attentionOutput.apply(
            weighted.base + offset, rows: item.rows, into: path.base + offset, scratch: body.scratch.base)
    }

    /// `logits = gain · ((1 − share) · logits + share · alike)`; the class token has nothing alike.
    private func mix(_ alike: Matrix, into logits: UnsafeMutablePointer<Float>, _ stride: Int) {
        let own = feedback.feedbackGain * (1 - feedback.feedbackShare)
        let other = feedback.feedbackGain * feedback.feedbackShare
        let rows = alike.rows + 1
        alike.elements.withUnsafeBufferPointer { alike in
            for row in 0..<rows {
                let target = logits + row * stride
                for column in 0..<rows { target[column] *= own }
                guard row > 0 else { continue }
                for column in 1..<rows { target[column] += other * alike[(row - 1) * (rows - 1) + column - 1] }
            }
        }
    }
}
