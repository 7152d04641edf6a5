import Testing

@testable import Inference

/// Every method against the code that its authors released, at the model's own size and at two others.
@Suite struct ReleasedDenseTests {
    private static let tolerance: Float = 1e-4
    /// Of patches whose best text has to be the same; a tie within the tolerance may go either way.
    private static let agreement = 0.999

    private static func similarity(
        _ method: DenseMethod, _ options: DenseOptions, _ model: VisionTransformer, _ pixels: [[Float]],
        _ expected: Safetensors
    ) throws -> Matrix {
        let texts = try expected.matrix("texts")
        let session = model.dense(method, texts: texts, options: options).session(batchSize: 1)
        let encoded = session.encode(pixels, including: .dense)
        let patches = encoded.densePatches[0]
        return switch method {
        case .clipSurgery:
            PatchSimilarity.surgery(
                patches: patches, image: Array(encoded.embeddings.row(0)), texts: texts,
                empty: try expected.floats("empty"))
        case .anoclip:
            PatchSimilarity.abnormality(
                patches: patches, normal: try expected.matrix("normal"), abnormal: try expected.matrix("abnormal"))
        default: PatchSimilarity.cosines(patches: patches, texts: texts)
        }
    }

    private static func best(_ similarity: Matrix) -> [Int] {
        (0..<similarity.rows).map { row in
            similarity.row(row).enumerated().max { $0.element < $1.element }?.offset ?? 0
        }
    }

    @Test(arguments: ReleasedDense.all)
    func similaritiesAreTheRepositories(released: ReleasedDense) throws {
        let (model, expected) = (try released.load(), try released.expected())
        let sizes = try released.sizes(expected)
        var compared = 0
        for (name, method, options) in ReleasedDense.methods {
            var (same, patches) = (0, 0)
            for size in sizes where expected["\(size)/\(name)"] != nil {
                let sized = model.resized(to: size, for: method, options: options)
                let pixels = try expected.slices("\(size)/pixel_values")
                let actual = try Self.similarity(method, options, sized, pixels, expected)
                let wanted = try expected.matrices("\(size)/\(name)")[0]
                let difference = try relativeDifference(actual, wanted)
                #expect(difference < Self.tolerance, "\(name) at \(size)")
                same += zip(Self.best(actual), Self.best(wanted)).count { $0 == $1 }
                patches += actual.rows
                compared += 1
            }
            #expect(Double(same) >= Self.agreement * Double(patches), "\(name)")
        }
        // Six methods run at any depth; each at three sizes.
        #expect(compared >= 18)
    }
}
