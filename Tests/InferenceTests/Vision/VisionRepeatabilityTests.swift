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
            model.vision.encode(
                images, including: [.tokens, .keys], in: model.vision.makeWorkspace(batchSize: batchSize))
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

    @Test(arguments: RandomModel.shapes)
    func concurrentCallersLeaveNoTrace(shape: RandomModel) async throws {
        let model = try shape.load()
        let images = shape.images(9)
        let alone = model.vision.encode(
            images, including: [.tokens, .keys], in: model.vision.makeWorkspace(batchSize: 1))
        await withTaskGroup(of: EncodedImages.self) { group in
            for lane in 0..<4 {
                group.addTask {
                    let workspace = model.vision.makeWorkspace(batchSize: 3 + lane)
                    // The second round meets what the first left in the workspace.
                    _ = model.vision.encode(images.reversed(), including: [.tokens, .keys], in: workspace)
                    return model.vision.encode(images, including: [.tokens, .keys], in: workspace)
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
        let alone = model.vision.encode(images, including: .tokens, in: model.vision.makeWorkspace(batchSize: 1))
        for batchSize in [3, 7] {
            let workspace = model.vision.makeWorkspace(batchSize: batchSize)
            // The second round meets what the first left in the workspace.
            _ = model.vision.encode(images.reversed(), including: .tokens, in: workspace)
            #expect(model.vision.encode(images, including: .tokens, in: workspace).isSameBits(as: alone))
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
