/// A convolutional network at work.
final class ConvolutionalSession: VisionSession {
    let batchSize: Int
    private let encoder: ConvolutionalEncoder
    /// An image, `[3, S, S]`.
    private let pixels: ScratchBuffer
    /// What goes into each stage.
    private let inputs: [ScratchBuffer]
    /// The last maps of the batch.
    private let maps: ScratchBuffer
    /// Of the part that is running.
    private let scratch: ScratchBuffer

    init(_ encoder: ConvolutionalEncoder, batchSize: Int) {
        precondition(batchSize > 0, "a batch of \(batchSize) images")
        self.encoder = encoder
        self.batchSize = batchSize
        let groups = encoder.stages.map { $0.group(of: batchSize) }
        let needs =
            zip(encoder.stages, groups).map { $0.scratchFloats(images: $1) }
            + [encoder.stem.scratchFloats, encoder.head.scratchFloats(images: batchSize)]
        pixels = ScratchBuffer(count: 3 * encoder.imageSize * encoder.imageSize)
        inputs = zip(encoder.stages, groups).map { ScratchBuffer(count: $0.inputFloats * $1) }
        maps = ScratchBuffer(count: batchSize * encoder.mapFloats)
        scratch = ScratchBuffer(count: needs.max() ?? 0)
    }

    func encode(_ images: [VisionInput], including outputs: PatchOutputs) -> EncodedImages {
        precondition(!outputs.contains(.keys), "a convolutional network has no keys")
        let (positions, width, floats) = (encoder.gridSize * encoder.gridSize, encoder.width, encoder.mapFloats)
        var embeddings = Matrix(rows: images.count, columns: encoder.embeddingWidth)
        var tokens: [Matrix] = []
        for first in stride(from: 0, to: images.count, by: batchSize) {
            let batch = first..<min(first + batchSize, images.count)
            run(encoder.stages.count - 1, images[batch], into: maps.base)
            if outputs.contains(.tokens) {
                for image in 0..<batch.count {
                    let map = UnsafeBufferPointer(start: maps.base + image * floats, count: floats)
                    tokens.append(Matrix(rows: positions, columns: width, elements: Array(map)))
                }
            }
            embeddings.withUnsafeMutableElements { out in
                // There is at least one image, hence an address.
                encoder.head.run(
                    maps.base, images: batch.count, into: out.baseAddress! + first * encoder.embeddingWidth,
                    scratch: scratch.base)
            }
        }
        return EncodedImages(embeddings: embeddings, patchTokens: tokens)
    }

    /// Stage `number` and all before it. Early stages take one image at a time, so that its large maps stay near the
    /// cache; late ones take many, so that their large weights are fetched once for all.
    private func run(_ number: Int, _ images: ArraySlice<VisionInput>, into out: UnsafeMutablePointer<Float>) {
        guard number >= 0 else {
            for (place, image) in images.enumerated() {
                image.write(side: encoder.imageSize, into: pixels.base)
                encoder.stem.run(pixels.base, into: out + place * encoder.stages[0].inputFloats, scratch: scratch.base)
            }
            return
        }
        let stage = encoder.stages[number]
        let input = inputs[number].base
        let group = stage.group(of: batchSize)
        for first in stride(from: images.startIndex, to: images.endIndex, by: group) {
            let members = images[first..<min(first + group, images.endIndex)]
            run(number - 1, members, into: input)
            stage.run(
                input, images: members.count, into: out + (first - images.startIndex) * stage.outputFloats,
                scratch: scratch.base)
        }
    }
}

@available(*, unavailable)
extension ConvolutionalSession: Sendable {}
