import Testing

@testable import Inference

/// Every method against its description in PyTorch, at the depths of a base and a large model and of a small one.
@Suite struct DenseParityTests {
    private static let tolerance: Float = 1e-3

    /// What `entente dense` writes, for each image.
    private static func similarity(
        _ method: DenseMethod, _ model: VisionTransformer, _ pixels: [[Float]], _ expected: Safetensors,
        batchSize: Int = 2
    ) throws -> [Matrix] {
        let texts = try expected.matrix("texts")
        let session = model.dense(method, texts: texts).session(batchSize: batchSize)
        let encoded = session.encode(pixels, including: .dense)
        #expect(encoded.densePatches.count == pixels.count)
        return try encoded.densePatches.enumerated().map { image, patches in
            switch method {
            case .clipSurgery:
                PatchSimilarity.surgery(
                    patches: patches, image: Array(encoded.embeddings.row(image)), texts: texts,
                    empty: try expected.floats("empty"))
            case .anoclip:
                PatchSimilarity.abnormality(
                    patches: patches, normal: try expected.matrix("normal"), abnormal: try expected.matrix("abnormal"))
            default: PatchSimilarity.cosines(patches: patches, texts: texts)
            }
        }
    }

    private static func check(_ actual: [Matrix], _ expected: [Matrix], _ name: String) throws {
        #expect(actual.count == expected.count)
        for (actual, expected) in zip(actual, expected) {
            let difference = try relativeDifference(actual, expected)
            #expect(difference < tolerance, "\(name)")
        }
    }

    @Test(arguments: GoldenDense.all, DenseMethod.allCases)
    func similaritiesAreTheReferences(golden: GoldenDense, method: DenseMethod) throws {
        let (model, expected) = (try golden.load(), try golden.expected())
        let name = method.rawValue
        let actual = try Self.similarity(method, model, expected.slices("pixel_values"), expected)
        try Self.check(actual, expected.matrices(name), name)

        let pixels = try expected.slices("larger/pixel_values")
        let size = try #require(expected["larger/pixel_values"]?.shape.last)
        let larger = model.resized(to: size, for: method)
        try Self.check(
            Self.similarity(method, larger, pixels, expected), expected.matrices("larger/\(name)"), "larger \(name)")
    }

    @Test(arguments: GoldenDense.all)
    func classTokenAndSingleTextOfSurgery(golden: GoldenDense) throws {
        let (model, expected) = (try golden.load(), try golden.expected())
        let (texts, empty) = (try expected.matrix("texts"), try expected.floats("empty"))
        let session = model.dense(.clipSurgery).session(batchSize: 1)
        let encoded = session.encode(try expected.slices("pixel_values"), including: .dense)
        for (image, patches) in encoded.densePatches.enumerated() {
            let embedding = Array(encoded.embeddings.row(image))
            func surgery(_ patches: Matrix, _ texts: Matrix) -> Matrix {
                PatchSimilarity.surgery(patches: patches, image: embedding, texts: texts, empty: empty)
            }
            try Self.check(
                [surgery(patches, texts.rows(0..<1))], [expected.matrices("clip-surgery/single")[image]], "single")
            let whole = Matrix(rows: 1, columns: embedding.count, elements: embedding)
            try Self.check([surgery(whole, texts)], [expected.matrices("clip-surgery/class")[image]], "class token")
        }
    }

    @Test(arguments: GoldenDense.all)
    func mapsAndPointsAreTheReferences(golden: GoldenDense) throws {
        let (model, expected) = (try golden.load(), try golden.expected())
        let similarities = try Self.similarity(.clipSurgery, model, expected.slices("pixel_values"), expected)
        let points = try expected.integers("clip-surgery/points").map(Int.init)
        let length = try #require(expected["clip-surgery/points"]?.shape.last)
        for (image, similarity) in similarities.enumerated() {
            let heat = try expected.matrices("clip-surgery/heat")[image]
            for text in 0..<similarity.columns {
                let map = HeatMap(similarity, text: text, side: model.gridWidth)
                let wanted = (0..<heat.rows).map { heat[$0, text] }
                let difference = zip(map.scaled.values, wanted).map { abs($0 - $1) }.max()
                #expect((difference ?? 1) < Self.tolerance)

                let found = TextPoints(map, width: 500, height: 500)
                let all = found.positive.reversed() + found.negative
                let row = (image * similarity.columns + text) * 2 * length
                #expect(all.map(\.x) == points[row..<row + length].filter { $0 >= 0 })
                #expect(all.map(\.y) == points[row + length..<row + 2 * length].filter { $0 >= 0 })
            }
        }
    }

    @Test(arguments: GoldenDense.all)
    func pathsAreSampledAsReleasedOnDemand(golden: GoldenDense) throws {
        let (model, expected) = (try golden.load(), try golden.expected())
        let texts = try expected.matrix("texts")
        let session = model.dense(.resclip, texts: texts, options: .asReleased).session(batchSize: 2)
        let encoded = session.encode(try expected.slices("pixel_values"), including: .dense)
        try Self.check(
            encoded.densePatches.map { PatchSimilarity.cosines(patches: $0, texts: texts) },
            expected.matrices("resclip/released"), "released")
    }

    /// Without shortcut and perceptron the last block is ClearCLIP's but for the attention: all that is left is the values.
    @Test func maskCLIPCanBeReduced() throws {
        let (model, expected) = (
            try #require(GoldenDense.all.first).load(), try #require(GoldenDense.all.first).expected()
        )
        let pixels = try expected.slices("pixel_values")
        func patches(_ options: DenseOptions) -> Matrix {
            let session = model.dense(.maskclip, options: options).session(batchSize: 1)
            return session.encode(pixels, including: .dense).densePatches[0]
        }
        let (whole, reduced) = (patches([]), patches(.reduced))
        #expect(try relativeDifference(whole, reduced) > 0.1)
        var recipe = DenseRecipe.clearclip
        recipe.attention = .identity
        let session = DenseEncoder(model, recipe).session(batchSize: 1)
        #expect(session.encode(pixels, including: .dense).densePatches[0].isSameBits(as: reduced))
    }

    @Test(arguments: GoldenDense.all)
    func regionsAreTheReferences(golden: GoldenDense) throws {
        let (model, expected) = (try golden.load(), try golden.expected())
        let session = model.dense(.cliptrase).session(batchSize: 2)
        let encoded = session.encode(try expected.slices("pixel_values"), including: .dense)
        try Self.check(encoded.correlations, expected.matrices("cliptrase/correlation"), "correlation")
        let clusters = PatchClusters(radius: 0.7, minimum: 3)
        let wanted = try expected.integerRows("cliptrase/clusters")
        for (correlation, wanted) in zip(encoded.correlations, wanted) {
            #expect(clusters.labels(of: correlation) == wanted.map(Int.init))
        }
    }

    /// The model's own path is not disturbed, whatever runs beside it and in whatever company.
    @Test(arguments: GoldenDense.all, DenseMethod.allCases)
    func companyLeavesNoTrace(golden: GoldenDense, method: DenseMethod) throws {
        let (model, expected) = (try golden.load(), try golden.expected())
        let given = try expected.slices("pixel_values")
        let images = (0..<5).map { number in given[number % 2].map { $0 + Float(number) / 8 } }
        let texts = try expected.matrix("texts")
        func encode(_ batchSize: Int) -> EncodedImages {
            let session = model.dense(method, texts: texts).session(batchSize: batchSize)
            // The second round meets what the first left in the session.
            _ = session.encode(images.reversed(), including: [.dense, .tokens])
            return session.encode(images, including: [.dense, .tokens, .keys])
        }
        let (alone, together) = (encode(1), encode(3))
        #expect(together.isSameBits(as: alone))
        let same = zip(together.densePatches, alone.densePatches).map { $0.isSameBits(as: $1) }
        #expect(same == [true, true, true, true, true])
        #expect(alone.densePatches[0] != alone.densePatches[1])

        let plain = model.session(batchSize: 3).encode(images, including: [.tokens, .keys])
        #expect(plain.isSameBits(as: together))
    }
}
