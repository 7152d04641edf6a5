import CKernels
import Foundation
import Testing

@testable import Inference

/// The kernels of dense methods against plain sums, in double precision.
@Suite struct DenseKernelTests {
    @Test(arguments: RowKernelsTests.Variant.all, [(1, 1, 1), (3, 16, 16), (5, 37, 40)])
    func logitsLevelOff(variant: RowKernelsTests.Variant, shape: (rows: Int, columns: Int, stride: Int)) {
        var generator = SeededGenerator(seed: 51)
        var values = generator.floats(shape.rows * shape.stride, scale: 60)
        let before = values
        variant.kernels.soft_cap(&values, shape.rows, shape.columns, shape.stride, 30)
        for (index, value) in values.enumerated() {
            let isInside = index % shape.stride < shape.columns
            let expected = isInside ? 30 * tanh(Double(before[index]) / 30) : Double(before[index])
            #expect(abs(Double(value) - expected) < 2e-5)
        }
    }

    /// A pixel's neighbours as the definition has them.
    private static func neighbours(_ pixel: Int, _ height: Int, _ width: Int, distance: Int) -> [Int] {
        (-1...1).flatMap { v in
            (-1...1).map { h in
                let y = min(max(pixel / width + v * distance, 0), height - 1)
                let x = min(max(pixel % width + h * distance, 0), width - 1)
                return y * width + x
            }
        }
    }

    @Test(arguments: RowKernelsTests.Variant.all, [(1, 1), (5, 3), (20, 33)])
    func affinityIsTheDefinition(variant: RowKernelsTests.Variant, shape: (height: Int, width: Int)) {
        var generator = SeededGenerator(seed: 52)
        let area = shape.height * shape.width
        let planes = generator.floats(3 * area, scale: 2)
        var out = [Float](repeating: .nan, count: area * 16)
        variant.kernels.affinity(planes, shape.height, shape.width, [2, 5], &out)
        for pixel in 0..<area {
            let rings = [2, 5].map { Self.neighbours(pixel, shape.height, shape.width, distance: $0) }
            let near = rings.flatMap { Array($0[..<4] + $0[5...]) }
            var logits = [Double](repeating: 0, count: 16)
            for channel in 0..<3 {
                let plane = planes[channel * area..<(channel + 1) * area].map(Double.init)
                let all = rings.flatMap { $0.map { plane[$0] } }
                let mean = all.reduce(0, +) / 18
                let deviation = (all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 17).squareRoot()
                for (n, place) in near.enumerated() {
                    logits[n] -= abs(plane[place] - plane[pixel]) / (1e-8 + 0.1 * deviation) / 3
                }
            }
            let expected = PatchSimilarity.softmax(logits)
            for (n, value) in expected.enumerated() { #expect(abs(Double(out[pixel * 16 + n]) - value) < 1e-5) }
        }
    }

    @Test(arguments: RowKernelsTests.Variant.all, [(1, 1), (5, 3), (20, 33)])
    func mixingIsTheWeightedSum(variant: RowKernelsTests.Variant, shape: (height: Int, width: Int)) {
        var generator = SeededGenerator(seed: 53)
        let area = shape.height * shape.width
        let (map, weights) = (generator.floats(area * 16), generator.floats(area * 16))
        var out = [Float](repeating: .nan, count: area * 16)
        variant.kernels.mix(map, weights, shape.height, shape.width, [2, 5], &out)
        for pixel in 0..<area {
            let near = [2, 5].flatMap { distance in
                let ring = Self.neighbours(pixel, shape.height, shape.width, distance: distance)
                return Array(ring[..<4] + ring[5...])
            }
            for channel in 0..<16 {
                let expected = near.enumerated().reduce(0.0) {
                    $0 + Double(weights[pixel * 16 + $1.offset]) * Double(map[$1.element * 16 + channel])
                }
                #expect(abs(Double(out[pixel * 16 + channel]) - expected) < 1e-5)
            }
        }
    }
}
