/// ResCLIP at work.
final class ResCLIPBranch: DenseBranch {
    private let factors: ResCLIP
    /// `[t, t]`.
    private let window: AlignedFloats
    /// Blocks whose attention is averaged, from 0 on.
    private let residualBlocks: ClosedRange<Int>
    /// `[items, heads, t, t]`.
    private let residual: ScratchBuffer
    private let texts: Matrix
    private var images: ArraySlice<VisionInput> = []

    /// - Parameter texts: `[C, e]`, rows of length 1.
    init(_ factors: ResCLIP, texts: Matrix, _ own: OwnPath) {
        let shape = own.transformer.shape
        self.factors = factors
        self.texts = texts
        window = factors.window.values(side: own.side, classRows: own.classRows)
        let (first, last) = (factors.residualBlocks.lowerBound, factors.residualBlocks.upperBound)
        residualBlocks =
            DenseRecipe.block(first, of: shape.layers) - 1...DenseRecipe.block(last, of: shape.layers) - 1
        let rows = own.classRows + own.side * own.side
        residual = ScratchBuffer(count: own.body.capacity / rows * shape.heads * rows * rows)
        super.init(own)
    }

    override func begin(_ images: ArraySlice<VisionInput>) { self.images = images }

    override func attended(_ block: Int) {
        if residualBlocks.contains(block) {
            for (place, item) in body.layout.items.enumerated() { average(block, place, item) }
        }
        guard isLast(block) else { return }
        for (place, item) in body.layout.items.enumerated() {
            attend(item, place, alike: nil)
            let similarity = PatchSimilarity.cosines(patches: patches(of: item), texts: texts)
            let labels = PatchLabels.find(
                similarity: similarity, side: side,
                planes: images[images.startIndex + place].pixelValues(side: own.imageSize), imageSize: own.imageSize,
                threshold: factors.threshold)
            attend(item, place, alike: factors.attention(labels: labels, side: side))
        }
    }

    private func residual(_ place: Int, head: Int) -> UnsafeMutablePointer<Float> {
        let rows = classRows + side * side
        return residual.base + (place * transformer.shape.heads + head) * rows * rows
    }

    /// Adds a block's share to the mean of the model's own attention.
    private func average(_ block: Int, _ place: Int, _ item: RowLayout.Item) {
        let heads = heads(of: item)
        let share = 1 / Float(residualBlocks.count)
        for head in 0..<transformer.shape.heads {
            let mean = residual(place, head: head)
            if block == residualBlocks.lowerBound { mean.update(repeating: 0, count: item.rows * item.rows) }
            heads.addWeights(head: head, share: share, to: mean)
        }
    }

    /// Writes one item's rows of `path`.
    ///
    /// - Parameter alike: `[n, n]`, what the first pass found; nil in the first.
    private func attend(_ item: RowLayout.Item, _ place: Int, alike: Matrix?) {
        let heads = heads(of: item)
        let offset = item.start * transformer.shape.width
        let favoured = alike.map(favour)
        let logitGain = favoured == nil ? 1 : factors.feedbackGain * (1 - factors.feedbackShare)
        withExtendedLifetime(favoured) {
            let bias = HeadAttention.Addend(base: (favoured ?? window).base, stride: item.rows)
            for head in 0..<transformer.shape.heads {
                let mean = HeadAttention.Addend(
                    base: residual(place, head: head), stride: item.rows,
                    share: factors.residualGain * factors.residualShare)
                heads.attend(
                    alike: [.key], head: head, logitGain: logitGain, bias: bias,
                    gain: factors.residualGain * (1 - factors.residualShare), adding: mean,
                    into: weighted.base + offset)
            }
        }
        transformer.blocks[transformer.blocks.count - 1].joinHeads(
            weighted.base + offset, rows: item.rows, into: path.base + offset, scratch: body.scratch.base)
    }

    /// The window and `gain · share · alike`, `[t, t]`; the class token has nothing alike.
    private func favour(_ alike: Matrix) -> AlignedFloats {
        let (rows, share) = (alike.rows + classRows, factors.feedbackGain * factors.feedbackShare)
        return AlignedFloats(count: rows * rows) { sums in
            sums.initialize(from: window.base, count: rows * rows)
            for row in 0..<alike.rows {
                let target = sums + (classRows + row) * rows + classRows
                for column in 0..<alike.columns { target[column] += share * alike[row, column] }
            }
        }
    }
}
