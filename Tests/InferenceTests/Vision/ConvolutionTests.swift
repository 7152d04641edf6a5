import CKernels
import Testing

@testable import Inference

/// Convolutions against the plain sum over the window, in double precision.
@Suite struct ConvolutionTests {
    /// Maps `[size, size, inputs]`, weights `[outputs, inputs, side, side]`.
    private static func direct(
        _ map: [Float], size: Int, inputs: Int, _ weights: [Float], _ bias: [Float], side: Int, stride: Int, border: Int
    ) -> [Double] {
        let result = (size + 2 * border - side) / stride + 1
        let outputs = bias.count
        var out: [Double] = []
        for y in 0..<result {
            for x in 0..<result {
                for output in 0..<outputs {
                    var sum = Double(bias[output])
                    for row in 0..<side {
                        for column in 0..<side {
                            let (line, place) = (y * stride - border + row, x * stride - border + column)
                            guard 0..<size ~= line, 0..<size ~= place else { continue }
                            for input in 0..<inputs {
                                sum +=
                                    Double(map[(line * size + place) * inputs + input])
                                    * Double(weights[((output * inputs + input) * side + row) * side + column])
                            }
                        }
                    }
                    out.append(sum)
                }
            }
        }
        return out
    }

    private static func difference(_ actual: [Float], _ expected: [Double]) -> Double {
        zip(actual, expected).map { $0.isNaN ? .infinity : abs(Double($0) - $1) }.max() ?? .infinity
    }

    @Test(arguments: [(1, 3, 2), (2, 1, 5), (7, 16, 16), (8, 20, 33), (13, 64, 24), (16, 32, 48)])
    func winogradIsTheDirectSum(size: Int, inputs: Int, outputs: Int) {
        var generator = SeededGenerator(seed: 31)
        let weights = generator.floats(outputs * inputs * 9, scale: 0.3)
        let bias = generator.floats(outputs)
        let images = 3
        let maps = generator.floats(images * size * size * inputs)
        let convolution = WinogradConvolution(weights: weights, bias: bias, inputs: inputs, outputs: outputs)
        var scratch = [Float](repeating: .nan, count: convolution.scratchFloats)
        func run(_ maps: [Float], _ images: Int) -> [Float] {
            var out = [Float](repeating: .nan, count: images * size * size * outputs)
            convolution.apply(maps, images: images, size: size, into: &out, scratch: &scratch)
            return out
        }
        let together = run(maps, images)
        let each = size * size * inputs
        for image in 0..<images {
            let map = Array(maps[image * each..<(image + 1) * each])
            let expected = Self.direct(
                map, size: size, inputs: inputs, weights, bias, side: 3, stride: 1, border: 1
            ).map { max($0, 0) }
            let actual = run(map, 1)
            #expect(Self.difference(actual, expected) < 1e-5)
            let values = size * size * outputs
            let same = actual == Array(together[image * values..<(image + 1) * values])
            #expect(same, "alone and in company")
        }
    }

    @Test(arguments: [(9, 3, 2, 1), (16, 4, 4, 0), (18, 4, 4, 0), (8, 3, 1, 1), (5, 2, 2, 0)])
    func pixelsAreConvolved(size: Int, side: Int, stride: Int, border: Int) {
        var generator = SeededGenerator(seed: 32)
        let outputs = 10
        let weights = generator.floats(outputs * 3 * side * side)
        let bias = generator.floats(outputs)
        let planes = generator.floats(3 * size * size)
        let convolution = PixelConvolution(
            weights: weights, bias: bias, outputs: outputs, side: side, stride: stride, border: border)
        let result = convolution.resultSize(size)
        var scratch = [Float](repeating: .nan, count: convolution.scratchFloats(size))
        var out = [Float](repeating: .nan, count: result * result * outputs)
        convolution.apply(planes, size: size, .none, into: &out, scratch: &scratch)
        let map = (0..<size * size * 3).map { planes[$0 % 3 * size * size + $0 / 3] }
        let expected = Self.direct(
            map, size: size, inputs: 3, weights, bias, side: side, stride: stride, border: border)
        #expect(expected.count == out.count)
        #expect(Self.difference(out, expected) < 1e-5)
    }

    @Test(arguments: RowKernelsTests.Variant.all, [(1, 1), (7, 16), (8, 20), (12, 48), (17, 3)])
    func channelsAreConvolvedByThemselves(variant: RowKernelsTests.Variant, shape: (size: Int, channels: Int)) {
        var generator = SeededGenerator(seed: 34)
        let (size, channels) = shape
        let map = generator.floats(size * size * channels)
        let weights = generator.floats(channels * 49, scale: 0.3)
        let bias = generator.floats(channels)
        let convolution = DepthwiseConvolution(weights: weights, bias: bias, channels: channels)
        var scratch = [Float](repeating: .nan, count: DepthwiseConvolution.scratchFloats(size))
        var out = [Float](repeating: .nan, count: map.count)
        convolution.apply(map, size: size, into: &out, scratch: &scratch, kernels: variant.kernels)
        for channel in 0..<channels {
            let plane = stride(from: channel, to: map.count, by: channels).map { map[$0] }
            let expected = Self.direct(
                plane, size: size, inputs: 1, Array(weights[channel * 49..<(channel + 1) * 49]), [bias[channel]],
                side: 7, stride: 1, border: 3)
            let actual = stride(from: channel, to: map.count, by: channels).map { out[$0] }
            #expect(Self.difference(actual, expected) < 1e-5)
        }
    }

    /// The transforms of every variant; the products between them have tests of their own.
    @Test(arguments: RowKernelsTests.Variant.all)
    func variantsTransformAlike(variant: RowKernelsTests.Variant) {
        var generator = SeededGenerator(seed: 33)
        let (size, channels) = (5, 19)
        let windows = 2 * 9
        let map = generator.floats(2 * size * size * channels)
        let products = generator.floats(16 * windows * channels)
        let bias = generator.floats(channels)
        func run(_ kernels: entente_kernels) -> [[Float]] {
            var transformed = [Float](repeating: .nan, count: 16 * windows * channels)
            kernels.winograd_input(map, size, channels, 0, windows, &transformed)
            var out = [Float](repeating: .nan, count: map.count)
            kernels.winograd_output(products, bias, size, channels, 0, windows, &out)
            var halved = [Float](repeating: .nan, count: 2 * 4 * channels)
            kernels.halve(map, 2, size, channels, &halved)
            return [transformed, out, halved]
        }
        let (actual, expected) = (run(variant.kernels), run(RowKernels.current))
        let same = zip(actual, expected).map { $0 == $1 }
        #expect(same == [true, true, true])
        let finite = actual.allSatisfy { $0.allSatisfy(\.isFinite) }
        #expect(finite)
    }

    /// A variance below 0 makes a scale that is no number, or one that nothing was trained with.
    @Test(arguments: [Float(-1), -1e-6, -0.5e-5])
    func aVarianceBelowZeroIsRefused(variance: Float) throws {
        let directory = try ScratchDirectory()
        let path = "\(directory.path)/network.safetensors"
        func write(_ variance: Float) throws -> TensorScope {
            let names = ["norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"].map { "net.\($0)" }
            let writer = try SafetensorsWriter(
                path: path,
                tensors: [.init("net.conv.weight", shape: [2, 3, 1, 1])] + names.map { .init($0, shape: [2]) })
            try writer.append([1, 2, 3, 4, 5, 6] as [Float], to: "net.conv.weight")
            for name in names {
                try writer.append([1, name.hasSuffix("running_var") ? variance : 1] as [Float], to: name)
            }
            try writer.finish()
            return TensorReader(try Safetensors(path: path)).scope("net")
        }
        let sound = try FoldedConvolution(write(0), "conv", norm: "norm", inputs: 3, outputs: 2)
        #expect(sound.bias.allSatisfy { $0.isFinite })
        #expect {
            try FoldedConvolution(write(variance), "conv", norm: "norm", inputs: 3, outputs: 2)
        } throws: { error in
            "\(error)".hasPrefix("\(path): tensor net.norm.running_var holds \(variance), and a variance is at least 0")
        }
    }

    @Test func halvingIsTheMean() {
        let map: [Float] = (0..<2 * 4 * 4 * 2).map { Float($0 * $0 % 37) }
        var out = [Float](repeating: .nan, count: 2 * 2 * 2 * 2)
        RowKernels.current.halve(map, 2, 4, 2, &out)
        let expected: [Float] = (0..<16).map { index in
            let (image, y, x, channel) = (index / 8, index / 4 % 2, index / 2 % 2, index % 2)
            return (0..<4).reduce(Float(0)) { sum, corner in
                let row: Int = image * 4 + 2 * y + corner / 2
                let column: Int = 2 * x + corner % 2
                return sum + map[(row * 4 + column) * 2 + channel] / 4
            }
        }
        #expect(out == expected)
    }
}
