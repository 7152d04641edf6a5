/// SC-CLIP at work: image by image, on patches alone.
final class CalibratedBranch: DenseBranch {
    /// What is kept of an image on its way through the blocks, `[n, d]` each but for the class tokens.
    private struct Kept {
        var guiding: Matrix
        var smoothing: Matrix
        /// `[1 + n, d]`.
        var sum: Matrix
    }

    private let calibration: SelfCalibration
    private let guidingBlock: Int
    private let smoothingBlock: Int
    private let summedBlocks: ClosedRange<Int>
    private var kept: [Kept] = []

    init(
        _ calibration: SelfCalibration, _ transformer: Transformer, _ body: TransformerWorkspace, side: Int,
        _ projection: PooledProjection
    ) {
        self.calibration = calibration
        let layers = transformer.blocks.count
        /// From 0 on, and before the last.
        func block(_ number: Int) -> Int { min(DenseRecipe.block(number, of: layers), layers - 1) - 1 }
        guidingBlock = block(calibration.guidingBlock)
        smoothingBlock = block(calibration.smoothingBlock)
        summedBlocks = block(calibration.summedBlocks.lowerBound)...block(calibration.summedBlocks.upperBound)
        super.init(transformer, body, side: side, projection)
    }

    override func begin(_ images: ArraySlice<[Float]>) {
        let (patches, width) = (side * side, transformer.shape.width)
        let empty = Matrix(rows: patches, columns: width)
        kept = .init(
            repeating: Kept(guiding: empty, smoothing: empty, sum: Matrix(rows: 1 + patches, columns: width)),
            count: images.count)
    }

    override func left(_ block: Int) {
        for (place, item) in body.layout.items.enumerated() {
            if block == guidingBlock { kept[place].guiding = patches(of: stream(of: item)) }
            if block == smoothingBlock { kept[place].smoothing = patches(of: stream(of: item)) }
            if summedBlocks.contains(block) {
                for (index, value) in stream(of: item).elements.enumerated() {
                    kept[place].sum.elements[index] += value
                }
            }
        }
    }

    override func attended(_ block: Int) {
        guard isLast(block) else { return }
        for (place, item) in body.layout.items.enumerated() { calibrate(item, kept[place]) }
    }

    private func stream(of item: RowLayout.Item) -> Matrix {
        let width = transformer.shape.width
        return Matrix(
            rows: item.rows, columns: width,
            elements: Array(
                UnsafeBufferPointer(start: body.stream.base + item.start * width, count: item.rows * width)))
    }

    private func patches(of rows: Matrix) -> Matrix { rows.rows(1..<rows.rows) }

    private func calibrate(_ item: RowLayout.Item, _ kept: Kept) {
        let input = stream(of: item)
        let tokens = patches(of: input)
        let isAnomalous = calibration.anomalies.find(in: tokens)
        let likeness = PatchAffinity(AnomalyTokens.repaired(kept.guiding, isAnomalous, side: side))
        let guidance = likeness.guidance(gain: calibration.guidanceGain)
        let smoothing = PatchAffinity(kept.smoothing).averaging(threshold: calibration.threshold)
        let averaged = likeness.averaging(threshold: calibration.threshold)
            .multiplied(by: AnomalyTokens.repaired(tokens, isAnomalous, side: side))

        let own = smoothing.multiplied(by: attended(averaged, guidance, classToken: input.row(0)))
        let deep = smoothing.multiplied(
            by: attended(patches(of: kept.sum), guidance, classToken: kept.sum.row(0)))
        let target = path.base + (item.start + 1) * transformer.shape.width
        for index in own.elements.indices { target[index] = own.elements[index] + deep.elements[index] }
    }

    /// The last block without shortcut and perceptron, its attention half by `guidance` and half by the likeness of keys, and a
    /// share of the class token.
    ///
    /// - Parameters:
    ///   - tokens: `[n, d]`.
    ///   - guidance: `[n, n]`.
    ///   - classToken: `[d]`.
    private func attended(_ tokens: Matrix, _ guidance: Matrix, classToken: ArraySlice<Float>) -> Matrix {
        let (shape, rows) = (transformer.shape, tokens.rows)
        let block = transformer.blocks[transformer.blocks.count - 1]
        let (normed, wide) = (weighted.base, body.wide.base)
        block.attentionNorm.apply(tokens.elements, into: normed, rows: rows)
        block.attentionInput.apply(normed, rows: rows, into: wide, scratch: body.scratch.base)
        RowKernels.current.add_bias(wide, block.attentionBias, rows, 3 * shape.width)

        let heads = HeadAttention(shape: shape, rows: rows, projections: wide, stride: body.scoreStride)
        for head in 0..<shape.heads {
            heads.logits(.key, .key, head: head, into: scores.base)
            heads.softmax(scores.base)
            heads.blend(0.5, scores.base, 0.5, guidance.elements)
            heads.values(scores.base, head: head, into: normed)
        }
        var out = Matrix(rows: rows, columns: shape.width)
        out.elements.withUnsafeMutableBufferPointer { out in
            guard let base = out.baseAddress else { return }
            block.attentionOutput.apply(normed, rows: rows, into: base, scratch: body.scratch.base)
        }
        for row in 0..<rows {
            for (column, value) in classToken.enumerated() { out[row, column] += calibration.classShare * value }
        }
        return out
    }
}
