import Foundation

/// A vision transformer at work.
final class VisionTransformerSession: VisionSession {
    let batchSize: Int
    private let encoder: VisionTransformer
    private let body: TransformerWorkspace
    private let projection: PooledProjection.Workspace
    /// The images' patches, `[rows, 3 · patch²]`; an image's first row belongs to the class token, if any, and is zero.
    private let patches: ScratchBuffer
    /// What the stem lays out on its way.
    private let room: ScratchBuffer
    private let branch: DenseBranch?

    /// - Parameter branch: makes the dense method at work beside the transformer, if there is one.
    init(_ encoder: VisionTransformer, batchSize: Int, branch: (OwnPath) -> DenseBranch?) {
        precondition(batchSize > 0, "a batch of \(batchSize) images")
        self.encoder = encoder
        self.batchSize = batchSize
        let (shape, stem) = (encoder.shape, encoder.stem)
        let longest = encoder.patchCount + shape.classRows
        body = TransformerWorkspace(
            shape.transformer, items: batchSize, longest: longest,
            scratchFloats: max(encoder.transformer.scratchFloats, stem.scratchFloats))
        projection = encoder.projection.makeWorkspace(items: batchSize, longest: longest)
        patches = ScratchBuffer(count: body.capacity * stem.patchValues)
        room = ScratchBuffer(count: stem.roomFloats(patches: body.capacity))
        self.branch = branch(
            OwnPath(
                transformer: encoder.transformer, body: body, projection: encoder.projection, side: shape.gridSize,
                classRows: shape.classRows, imageSize: shape.imageSize))
    }

    func encode(_ images: [VisionInput], including outputs: PatchOutputs) -> EncodedImages {
        var embeddings = Matrix(rows: images.count, columns: encoder.embeddingWidth)
        var tokens: [Matrix] = []
        var keys: [Matrix] = []
        var dense: [Matrix] = []
        var correlations: [Matrix] = []
        let width = encoder.width
        let branch = outputs.contains(.dense) ? branch : nil
        precondition(
            branch != nil || !outputs.contains(.dense), "dense features from a session without a dense method")
        let keepingRows =
            outputs.contains(.tokens) || encoder.projection.needsAllRows || branch?.needsAllRows == true
        for first in stride(from: 0, to: images.count, by: batchSize) {
            let batch = first..<min(first + batchSize, images.count)
            embed(images[batch])
            branch?.begin(images[batch])
            encoder.transformer.run(
                in: body, causal: false, keepingRows: keepingRows, beside: branch, wantingKeys: outputs.contains(.keys)
            ) {
                for item in body.layout.items {
                    keys.append(patchRows(of: item, in: body.wide, stride: 3 * width, column: width))
                }
            }
            if outputs.contains(.tokens) {
                for item in body.layout.items {
                    tokens.append(patchRows(of: item, in: body.stream, stride: width, column: 0))
                }
            }
            if let branch {
                dense += branch.patches()
                correlations += branch.correlations
            }
            embeddings.withUnsafeMutableElements { out in
                // There is at least one image, hence an address.
                encoder.projection.apply(
                    body.stream.base, body.layout, keepingRows: keepingRows,
                    into: out.baseAddress! + first * encoder.embeddingWidth, in: projection)
            }
        }
        return EncodedImages(
            embeddings: embeddings, patchTokens: tokens, patchKeys: keys, densePatches: dense,
            correlations: correlations)
    }

    /// Lays out the batch and fills the residual stream: patches · weights + positions, normed if the model does that.
    private func embed(_ images: ArraySlice<VisionInput>) {
        let (shape, stem, width) = (encoder.shape, encoder.stem, encoder.width)
        body.layout.removeAll()
        body.shared.removeAll()
        for _ in images { body.layout.append(rows: encoder.patchCount + shape.classRows, pooled: 0) }
        for (image, item) in zip(images, body.layout.items) {
            stem.cut(
                image, size: shape.imageSize, grid: shape.gridSize,
                into: patches.base + (item.start + shape.classRows) * stem.patchValues)
            share(item)
        }
        let firsts = body.shared.firsts
        stem.apply(
            patches.base, patches: firsts.count, into: body.stream.base, in: room.base, scratch: body.scratch.base)
        let longest = encoder.patchCount + shape.classRows
        encoder.positions.withUnsafeBufferPointer { positions in
            for (place, first) in firsts.enumerated() {
                let row = body.stream.base + place * width
                // What several convolutions make of nothing is something.
                if first % longest < shape.classRows { row.update(repeating: 0, count: width) }
                // Of a row at least, so there is an address.
                RowKernels.current.add_bias(row, positions.baseAddress! + first % longest * width, 1, width)
            }
        }
        encoder.inputNorm?.apply(body.stream.base, into: body.stream.base, rows: firsts.count)
    }

    /// Moves those of an item's patches that no item before it has at their place to the front, behind what is there. Prompted
    /// pictures are all alike but for the prompt.
    private func share(_ item: RowLayout.Item) {
        let (values, base) = (encoder.stem.patchValues, patches.base)
        for row in item.start..<item.start + item.rows {
            let own = base + row * values
            let place = body.shared.append(period: item.rows) { other in
                row - item.start < encoder.shape.classRows
                    || memcmp(own, base + other * values, values * MemoryLayout<Float>.stride) == 0
            }
            // The class token's patch is nothing, and lies in front already.
            if let place, place != row { (base + place * values).update(from: own, count: values) }
        }
    }

    /// Columns `column..<column + d` of an item's rows without its class token, `[n, d]`.
    private func patchRows(of item: RowLayout.Item, in buffer: ScratchBuffer, stride: Int, column: Int) -> Matrix {
        let (patches, width) = (encoder.patchCount, encoder.width)
        let values = [Float](unsafeUninitializedCapacity: patches * width) { out, initialized in
            // n · d values, so there is an address.
            var target = out.baseAddress!
            var source = buffer.base + (item.start + encoder.shape.classRows) * stride + column
            for _ in 0..<patches {
                target.initialize(from: source, count: width)
                target += width
                source += stride
            }
            initialized = patches * width
        }
        return Matrix(rows: patches, columns: width, elements: values)
    }
}

@available(*, unavailable)
extension VisionTransformerSession: Sendable {}
