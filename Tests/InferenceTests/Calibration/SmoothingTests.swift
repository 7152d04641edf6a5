import CAllocationCount
import Foundation
import Testing

@testable import Inference

@Suite struct SmoothingTests {
    @Test func exponentsAreSharesOfLogarithmsLessTheirMedian() {
        // log2 of the activations 4, 0, 0, 0, −2; of the weights 0, 0, 2, 0, 0.
        let (activations, weights): ([Float], [Float]) = ([16, 1, 1, 1, 0.25], [1, 1, 4, 1, 1])
        func exponents(_ share: Double) -> [Int8] {
            SmoothingSearch.exponents(activations: activations, weights: weights, share: share)
        }
        #expect(exponents(0.5) == [2, 0, -1, 0, -1])
        #expect(exponents(0.75) == [3, 0, -1, 0, -2])
        #expect(exponents(0.25) == [1, 0, -2, 0, -1])
    }

    /// There is nothing to even out at an input that is always 0, or that nothing is made of.
    @Test func whatIsNothingStays() {
        #expect(
            SmoothingSearch.exponents(activations: [0, 64, 1, 1, .infinity], weights: [1, 1, 1, 0, 1], share: 0.5)
                == [0, 0, -3, 0, 0])
        #expect(SmoothingSearch.exponents(activations: [0, 0], weights: [1, 1], share: 0.5) == [0, 0])
        let far = SmoothingSearch.exponents(activations: [1e-38, 1, 1, 1e38], weights: [1, 1, 1, 1e-38], share: 0.5)
        #expect(far == [-40, 0, 0, 40])
    }

    /// What was seen is the same however it came, and rows stay few and even.
    @Test func aProbeRemembersLargestValuesAndSomeRows() {
        var generator = SeededGenerator(seed: 71)
        let (inputs, count) = (7, 1500)
        let rows = (0..<count).flatMap { row in [Float(row)] + generator.floats(inputs - 1) }
        func probe(_ atOnce: Int) -> ActivationProbe {
            let probe = ActivationProbe(inputs: inputs)
            for first in stride(from: 0, to: count, by: atOnce) {
                let share = Array(rows[first * inputs..<min(first + atOnce, count) * inputs])
                probe.see(share, count: share.count / inputs)
            }
            return probe
        }
        let (one, many) = (probe(1), probe(64))
        #expect(one.largest == many.largest && one.rows == many.rows)
        #expect(
            one.largest
                == (0..<inputs).map { input in (0..<count).map { rows[$0 * inputs + input].magnitude }.max() })
        let kept = stride(from: 0, to: one.rows.count, by: inputs).map { Int(one.rows[$0]) }
        #expect(100...ActivationProbe.keptRows ~= kept.count)
        for place in 0..<one.rows.count / inputs {
            let row = one.rows[place * inputs..<(place + 1) * inputs]
            #expect(Array(row) == Array(rows[kept[place] * inputs..<(kept[place] + 1) * inputs]))
        }
    }

    /// Pictures have as many rows as there are powers of two, and their borders are unlike their middles.
    @Test(arguments: [50, 64, 196, 197, 256, 257, 576, 1024, 4096])
    func rowsComeFromEverywhereInAPicture(each: Int) {
        let probe = ActivationProbe(inputs: 1)
        for _ in 0..<128 { probe.see((0..<each).map { Float($0) }, count: each) }
        let kept = probe.rows.map { Int($0) }
        let eighths = Dictionary(grouping: kept) { $0 * 8 / each }.mapValues(\.count)
        #expect(100...ActivationProbe.keptRows ~= kept.count && eighths.count == 8, "\(eighths)")
        #expect(eighths.values.allSatisfy { $0 * 32 >= kept.count }, "\(eighths)")
        #expect(Set(kept).count > min(each, kept.count) / 4, "\(Set(kept).count) places")
    }

    /// Outliers whose weights are as large as others are shared out between both: each loses a little.
    @Test func outliersWithOrdinaryWeightsAreSharedOut() throws {
        var generator = SeededGenerator(seed: 72)
        let (inputs, outputs, count) = (64, 48, 120)
        func rows() -> [Float] {
            generator.floats(count * inputs).enumerated().map { $0 % inputs == 5 ? 100 * $1 : $1 }
        }
        let (weights, bias) = (generator.floats(outputs * inputs), generator.floats(outputs))
        let (told, held) = (rows(), rows())
        let probe = ActivationProbe(inputs: inputs)
        probe.see(told, count: count)
        let search = SmoothingSearch(["layer": probe])
        let smoothed = try search.layer("layer", weights: weights, bias: bias, inputs: inputs, outputs: outputs)
        let exponents = try #require(search.found["layer"])
        #expect(exponents[5] >= 2 && exponents.enumerated().allSatisfy { $0 == 5 || abs($1) <= 1 }, "\(exponents)")
        func results(_ layer: PackedLayer) -> [Float] {
            let (out, scratch) = (ScratchBuffer(count: count * outputs), ScratchBuffer(count: layer.scratchFloats))
            layer.apply(held, rows: count, into: out.base, scratch: scratch.base)
            return (0..<count * outputs).map { out.base[$0] }
        }
        func layer(_ precision: Precision) -> PackedLayer {
            PackedLayer(weights: weights, bias: bias, inputs: inputs, outputs: outputs, precision: precision)
        }
        let full = results(layer(.fp32))
        func error(_ layer: PackedLayer) -> Double {
            zip(results(layer), full).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
        }
        #expect(error(smoothed) * 4 < error(layer(.int8)))
        // Nothing that nobody saw is changed.
        _ = try search.layer("other", weights: weights, bias: bias, inputs: inputs, outputs: outputs)
        #expect(search.found["other"] == nil)
    }

    // MARK: - Whole models

    private static let shape = RandomModel.shapes[2]
    private static let outliers = [3, 40, 77]

    /// A model whose norms make some values 2⁶ times as large, and whose layers behind them take that back: in floats the same model, to
    /// the last bit.
    private static func plant(_ name: String, _ values: inout [Float]) {
        guard name.hasPrefix("visual.transformer") else { return }
        if name.contains(".ln_") {
            for place in outliers { values[place] *= 64 }
        } else if name.hasSuffix("in_proj_weight") || name.hasSuffix("c_fc.weight") {
            for start in stride(from: 0, to: values.count, by: shape.width) {
                for place in outliers { values[start + place] /= 64 }
            }
        }
    }

    // Folders last as long as what holds them.
    private static let plain = Result { try written { _, _ in } }
    private static let planted = Result { try written(plant) }

    private static func written(
        _ editing: (String, inout [Float]) -> Void
    ) throws -> (folder: ScratchDirectory, model: ModelDirectory) {
        let folder = try ScratchDirectory()
        try shape.write(to: folder, editing: editing)
        return (folder, try ModelDirectory(folder.path))
    }

    private static func embeddings(_ vision: any VisionEncoder, _ images: [[Float]], batchSize: Int = 3) -> Matrix {
        vision.session(batchSize: batchSize).encode(images.map { .values($0) }).embeddings
    }

    /// The root of the mean squared difference.
    private static func distance(_ a: Matrix, _ b: Matrix) -> Double {
        (zip(a.elements, b.elements).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
            / Double(a.elements.count)).squareRoot()
    }

    private static func smoothing(_ model: ModelDirectory, _ pictures: [[Float]]) throws -> Smoothing {
        let calibration = try Calibration(model)
        _ = embeddings(calibration.vision, pictures)
        return try calibration.smoothing()
    }

    @Test func plantedOutliersAreSmoothedAway() throws {
        let (plain, planted) = (try Self.plain.get().model, try Self.planted.get().model)
        let images = Self.shape.images(12)
        let (told, held) = (Array(images[..<6]), Array(images[6...]))
        let full = try Self.embeddings(ClipModel.load(planted).vision, held)
        #expect(try full.isSameBits(as: Self.embeddings(ClipModel.load(plain).vision, held)))

        let smoothing = try Self.smoothing(planted, told)
        for layer in 0..<Self.shape.layers {
            for name in ["attn.in_proj_weight", "mlp.c_fc.weight"] {
                let exponents = try #require(smoothing.exponents["visual.transformer.resblocks.\(layer).\(name)"])
                #expect(exponents.count == Self.shape.width)
                #expect(Self.outliers.allSatisfy { exponents[$0] >= 4 })
                #expect(exponents.count { abs($0) > 2 } < 10)
            }
        }
        func error(_ model: ModelDirectory, _ smoothing: Smoothing?) throws -> Double {
            Self.distance(
                try Self.embeddings(ClipModel.loadVision(model, precision: .int8, smoothing: smoothing), held), full)
        }
        let (without, bare, with) = (
            try error(planted, nil), try error(plain, nil), try error(planted, smoothing)
        )
        #expect(with * 4 < without, "\(with) of \(without)")
        #expect(with < 1.5 * bare, "\(with), and \(bare) where there are none")
    }

    @Test func aCalibrationComputesInFloats() throws {
        let model = try Self.planted.get().model
        let images = Self.shape.images(3)
        let calibration = try Calibration(model)
        #expect(
            try Self.embeddings(calibration.vision, images)
                .isSameBits(as: Self.embeddings(ClipModel.load(model).vision, images)))
        #expect(calibration.layers == 4 * Self.shape.layers)
        // Nobody was seen, so nothing is known.
        #expect(try Calibration(model).smoothing() == .ofModel)
    }

    @Test func calibratingTwiceFindsTheSame() throws {
        let model = try Self.planted.get().model
        let images = Self.shape.images(4)
        #expect(try Self.smoothing(model, images) == Self.smoothing(model, images))
    }

    /// Every family: layers of all kinds have names of their own, and smoothed ones are as good as others.
    @Test(arguments: ["gelu-f32-patch-14", "resnet-f32", "convnext-bf16-mlp"])
    func familiesAreSmoothed(name: String) throws {
        let golden = try #require(GoldenModel.all.first { $0.name == name })
        let images = try golden.expected().slices("pixel_values")
        let model = try ModelDirectory(golden.directory)
        let full = try Self.embeddings(golden.load().vision, images)
        let found = try Self.smoothing(model, images)
        // Of the layers that are left alone, too: each is given exponents that change something.
        let layers = try Self.names(model)
        let all = Smoothing(
            exponents: layers.mapValues { inputs in (0..<inputs).map { Int8($0 % 3 - 1) } })
        for smoothing in [found, all] {
            let encoder = try ClipModel.loadVision(model, precision: .int8, smoothing: smoothing)
            let smoothed = Self.embeddings(encoder, images)
            let scale = Self.distance(full, Matrix(rows: full.rows, columns: full.columns))
            #expect(Self.distance(smoothed, full) < 0.15 * scale)
            #expect(Self.embeddings(encoder, images, batchSize: 1).isSameBits(as: smoothed))
        }
        let plain = try Self.embeddings(golden.load(precision: .int8).vision, images)
        let changed = try Self.embeddings(ClipModel.loadVision(model, precision: .int8, smoothing: all), images)
        #expect(!changed.isSameBits(as: plain))
        let none = try Self.embeddings(ClipModel.loadVision(model, precision: .int8, smoothing: .ofModel), images)
        #expect(none.isSameBits(as: plain))
    }

    /// The layers of a model that int8 narrows, with their inputs.
    private static func names(_ model: ModelDirectory) throws -> [String: Int] {
        final class Listing: LayerMaker {
            var inputs: [String: Int] = [:]
            func layer(
                _ name: String, weights: [Float], bias: [Float], inputs: Int, outputs: Int
            ) throws(InferenceError) -> PackedLayer {
                #expect(self.inputs[name] == nil, "two layers are called \(name)")
                self.inputs[name] = inputs
                return PackedLayer(weights: weights, bias: bias, inputs: inputs, outputs: outputs)
            }
        }
        let listing = Listing()
        _ = try ClipModel.loadVision(model, weights: nil, precision: .int8, layers: listing)
        return listing.inputs
    }

    @Test func noSmoothedEncoderTakesMemory() throws {
        let model = try Self.planted.get().model
        let images = Self.shape.images(6).map { VisionInput.values($0) }
        let smoothing = try Self.smoothing(model, Self.shape.images(2))
        let session = try ClipModel.loadVision(model, precision: .int8, smoothing: smoothing).session(batchSize: 3)
        _ = session.encode(images)
        let before = entente_allocations()
        let encoded = session.encode(images)
        let count = entente_allocations() - before
        #expect(count == 1 && encoded.embeddings.rows == images.count)
    }

    /// What a database holds may be of another model.
    @Test func anotherModelsSmoothingIsRefused() throws {
        let model = try Self.plain.get().model
        let layer = "visual.transformer.resblocks.0.attn.in_proj_weight"
        for (exponents, says) in [
            ([layer: [0, 1]], "there are 2 exponents for “\(layer)”, which has 128 inputs"),
            (["visual.transformer.resblocks.9.mlp.c_fc.weight": [1]], "computes no layer"),
            (["transformer.resblocks.0.mlp.c_fc.weight": [1]], "computes no layer"),
        ] as [([String: [Int8]], String)] {
            let error = #expect(throws: InferenceError.self) {
                try ClipModel.loadVision(model, precision: .int8, smoothing: Smoothing(exponents: exponents))
            }
            #expect(error?.code == .smoothing && error?.description.contains(says) == true, "\(error as Any)")
        }
    }

    @Test func exponentsAreBytesInJSON() throws {
        let smoothing = Smoothing(exponents: ["b": [-1, 0, 40], "a": [-40]])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = try encoder.encode(smoothing)
        #expect(String(decoding: json, as: UTF8.self) == #"{"a":"2A==","b":"\/wAo"}"#)
        #expect(try JSONDecoder().decode(Smoothing.self, from: json) == smoothing)
        for bad in [#"{"a":"KQ=="}"#, #"{"a":"gA=="}"#, #"{"a":"x"}"#, #"{"a":[1]}"#, "[]"] {
            #expect(throws: DecodingError.self, "\(bad)") {
                try JSONDecoder().decode(Smoothing.self, from: Data(bad.utf8))
            }
        }
    }
}
