import Testing

@testable import Inference

/// The same image, the same bits: at any batch size, at any place in the batch, on several threads at once.
///
/// The suite runs for the kernel set in use; `OPENBLAS_CORETYPE` chooses another.
@Suite struct VisionRepeatabilityTests {
    @Test(arguments: RandomModel.shapes)
    func batchSizeAndPositionLeaveNoTrace(shape: RandomModel) throws {
        let model = try shape.load()
        let images = shape.images(32)
        func encode(_ images: [[Float]], batchSize: Int) -> EncodedImages {
            model.vision.session(batchSize: batchSize).encode(images, including: [.tokens, .keys])
        }
        let alone = encode(images, batchSize: 1)
        // An image that differs from its neighbours, or equality would prove nothing.
        #expect(Array(alone.embeddings.row(0)) != Array(alone.embeddings.row(1)))
        for batchSize in [2, 7, 32, 40] {
            let together = encode(images, batchSize: batchSize)
            #expect(together.isSameBits(as: alone), "\(batchSize) a batch, \(BLAS.kernelSet)")
        }
        let reversed = encode(images.reversed(), batchSize: 7)
        for image in images.indices {
            let place = images.count - 1 - image
            #expect(Array(reversed.embeddings.row(place)) == Array(alone.embeddings.row(image)))
            #expect(reversed.patchTokens[place] == alone.patchTokens[image])
            #expect(reversed.patchKeys[place] == alone.patchKeys[image])
        }
    }

    /// Where no patch is wanted, the last block computes the pooled rows alone.
    @Test(arguments: GoldenModel.all)
    func whatElseIsWantedLeavesNoTrace(golden: GoldenModel) throws {
        let model = try golden.load()
        let given = try golden.expected().slices("pixel_values")
        let images = (0..<5).map { number in given[number % given.count].map { $0 + Float(number) / 8 } }
        let alone = model.vision.session(batchSize: 1).encode(images, including: .tokens)
        #expect(Array(alone.embeddings.row(0)) != Array(alone.embeddings.row(1)))
        let keys: [PatchOutputs] = model.configuration.vision.hasKeys ? [.keys, [.tokens, .keys]] : []
        for outputs in [[], .tokens] + keys {
            let encoded = model.vision.session(batchSize: 3).encode(images, including: outputs)
            #expect(encoded.embeddings.isSameBits(as: alone.embeddings), "outputs \(outputs.rawValue)")
        }
    }

    /// Pictures that are the same but for some pixels, as prompted ones are: what they share is computed once.
    @Test(arguments: GoldenModel.all)
    func whatPicturesShareLeavesNoTrace(golden: GoldenModel) throws {
        let model = try golden.load()
        let first = try #require(try golden.expected().slices("pixel_values").first)
        let images = (0..<7).map { number in
            var image = first
            // Of every third picture nothing; else from another place on, over the border of patches.
            if number % 3 != 1 { for place in 0..<40 { image[(number * 997 + place) % image.count] += 0.5 } }
            return image
        }
        let alone = model.vision.session(batchSize: 1).encode(images, including: .tokens)
        #expect(Array(alone.embeddings.row(1)) == Array(alone.embeddings.row(4)))
        #expect(Array(alone.embeddings.row(0)) != Array(alone.embeddings.row(1)))
        for batchSize in [2, 7] {
            let session = model.vision.session(batchSize: batchSize)
            _ = session.encode(images.reversed(), including: .tokens)
            #expect(session.encode(images, including: .tokens).isSameBits(as: alone), "\(batchSize) a batch")
        }
    }

    @Test(arguments: RandomModel.shapes)
    func concurrentCallersLeaveNoTrace(shape: RandomModel) async throws {
        let model = try shape.load()
        let images = shape.images(9)
        let alone = model.vision.session(batchSize: 1).encode(images, including: [.tokens, .keys])
        await withTaskGroup(of: EncodedImages.self) { group in
            for lane in 0..<4 {
                group.addTask {
                    let session = model.vision.session(batchSize: 3 + lane)
                    // The second round meets what the first left in the session.
                    _ = session.encode(images.reversed(), including: [.tokens, .keys])
                    return session.encode(images, including: [.tokens, .keys])
                }
            }
            for await encoded in group { #expect(encoded.isSameBits(as: alone), "\(BLAS.kernelSet)") }
        }
    }

    @Test(arguments: GoldenModel.all.filter { $0.name.hasPrefix("resnet") || $0.name.hasPrefix("convnext") })
    func convolutionsLeaveNoTraceEither(golden: GoldenModel) throws {
        let model = try golden.load()
        let given = try golden.expected().slices("pixel_values")
        let images = (0..<7).map { number in given[number % given.count].map { $0 + Float(number) / 8 } }
        let alone = model.vision.session(batchSize: 1).encode(images, including: .tokens)
        for batchSize in [3, 7] {
            let session = model.vision.session(batchSize: batchSize)
            // The second round meets what the first left in the session.
            _ = session.encode(images.reversed(), including: .tokens)
            #expect(session.encode(images, including: .tokens).isSameBits(as: alone))
        }
        #expect(Array(alone.embeddings.row(0)) != Array(alone.embeddings.row(1)))
    }
}

extension EncodedImages {
    func isSameBits(as other: EncodedImages) -> Bool {
        embeddings.isSameBits(as: other.embeddings)
            && zip(patchTokens, other.patchTokens).allSatisfy { $0.isSameBits(as: $1) }
            && zip(patchKeys, other.patchKeys).allSatisfy { $0.isSameBits(as: $1) }
            && patchTokens.count == other.patchTokens.count && patchKeys.count == other.patchKeys.count
    }
}

extension Matrix {
    /// Unlike `==` this tells zeros of either sign apart.
    func isSameBits(as other: Matrix) -> Bool {
        elements.map(\.bitPattern) == other.elements.map(\.bitPattern)
    }
}
