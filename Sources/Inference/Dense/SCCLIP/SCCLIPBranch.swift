/// SC-CLIP at work: image by image, on patches alone.
final class SCCLIPBranch: DenseBranch {
    /// What is kept of an image on its way through the blocks, `[n, d]` each but for the class tokens.
    private struct Kept {
        var guiding: Matrix
        var smoothing: Matrix
        /// `[t, d]`.
        var sum: Matrix
    }

    private let constants: SCCLIP
    private let guidingBlock: Int
    private let smoothingBlock: Int
    private let summedBlocks: ClosedRange<Int>
    private var kept: [Kept] = []

    init(_ constants: SCCLIP, _ own: OwnPath) {
        self.constants = constants
        let layers = own.transformer.blocks.count
        /// From 0 on, and before the last.
        func block(_ number: Int) -> Int { min(DenseRecipe.block(number, of: layers), layers - 1) - 1 }
        guidingBlock = block(constants.guidingBlock)
        smoothingBlock = block(constants.smoothingBlock)
        summedBlocks = block(constants.summedBlocks.lowerBound)...block(constants.summedBlocks.upperBound)
        super.init(own)
    }

    override func begin(_ images: ArraySlice<VisionInput>) {
        let (patches, width) = (side * side, transformer.shape.width)
        let empty = Matrix(rows: patches, columns: width)
        kept = .init(
            repeating: Kept(guiding: empty, smoothing: empty, sum: Matrix(rows: classRows + patches, columns: width)),
            count: images.count)
    }

    override func left(_ block: Int) {
        for (place, item) in body.layout.items.enumerated() {
            if block == guidingBlock { kept[place].guiding = patches(of: stream(of: item)) }
            if block == smoothingBlock { kept[place].smoothing = patches(of: stream(of: item)) }
            if summedBlocks.contains(block) {
                let rows = stream(of: item).elements
                kept[place].sum.withUnsafeMutableElements { sum in
                    for (index, value) in rows.enumerated() { sum[index] += value }
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

    /// Empty without one.
    private func classToken(of rows: Matrix) -> ArraySlice<Float> { classRows == 0 ? [] : rows.row(0) }

    private func patches(of rows: Matrix) -> Matrix { rows.rows(classRows..<rows.rows) }

    private func calibrate(_ item: RowLayout.Item, _ kept: Kept) {
        let input = stream(of: item)
        let tokens = patches(of: input)
        let isAnomalous = constants.anomalies.find(in: tokens)
        let likeness = PatchAffinity(AnomalyTokens.repaired(kept.guiding, isAnomalous, side: side))
        let guidance = likeness.guidance(gain: constants.guidanceGain)
        let smoothing = PatchAffinity(kept.smoothing).averaging(threshold: constants.threshold)
        let averaged = likeness.averaging(threshold: constants.threshold)
            .multiplied(by: AnomalyTokens.repaired(tokens, isAnomalous, side: side))

        let own = smoothing.multiplied(by: attended(averaged, guidance, classToken: classToken(of: input)))
        let deep = smoothing.multiplied(
            by: attended(patches(of: kept.sum), guidance, classToken: classToken(of: kept.sum)))
        let target = path.base + (item.start + classRows) * transformer.shape.width
        for index in own.elements.indices { target[index] = own.elements[index] + deep.elements[index] }
    }

    /// The last block without shortcut and perceptron, its attention half by `guidance` and half by the likeness of keys, and a
    /// share of the class token.
    ///
    /// - Parameters:
    ///   - tokens: `[n, d]`.
    ///   - guidance: `[n, n]`.
    ///   - classToken: `[d]`, or empty.
    private func attended(_ tokens: Matrix, _ guidance: Matrix, classToken: ArraySlice<Float>) -> Matrix {
        let (shape, rows) = (transformer.shape, tokens.rows)
        let block = transformer.blocks[transformer.blocks.count - 1]
        let (normed, wide) = (weighted.base, body.wide.base)
        block.attentionNorm.apply(tokens.elements, into: normed, rows: rows)
        block.attentionInput.apply(normed, rows: rows, into: wide, scratch: body.scratch.base)
        transformer.rotate(wide, rows)

        let heads = HeadAttention(shape: shape, rows: rows, projections: wide, scratch: body.attention.base)
        guidance.elements.withUnsafeBufferPointer { guidance in
            // A grid has a patch at least, so there is an address.
            let other = HeadAttention.Addend(base: guidance.baseAddress!, stride: rows, share: 0.5)
            for head in 0..<shape.heads {
                heads.attend(alike: [.key], head: head, gain: 0.5, adding: other, into: normed)
            }
        }
        var out = Matrix(rows: rows, columns: shape.width)
        out.withUnsafeMutableElements { out in
            guard let base = out.baseAddress else { return }
            block.joinHeads(normed, rows: rows, into: base, scratch: body.scratch.base)
        }
        for row in 0..<rows {
            for (column, value) in classToken.enumerated() { out[row, column] += constants.classShare * value }
        }
        return out
    }
}
