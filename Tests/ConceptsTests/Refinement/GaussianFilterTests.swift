import Foundation
import Testing

@testable import Concepts

@Suite struct GaussianFilterTests {
    private static func random(_ count: Int, _ range: ClosedRange<Float>, seed: UInt64) -> [Float] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in Float.random(in: range, using: &generator) }
    }

    private static func points(_ count: Int, reach: [Float], seed: UInt64) -> [[Float]] {
        let unit = random(count * reach.count, 0...1, seed: seed)
        return (0..<count).map { point in reach.indices.map { reach[$0] * unit[point * reach.count + $0] } }
    }

    /// Every pair of points.
    private static func exact(_ features: [[Float]], _ channel: [Float]) -> [Float] {
        features.map { a in
            zip(features, channel).reduce(Float(0)) { sum, other in
                let square = zip(a, other.0).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                return sum + exp(-square / 2) * other.1
            }
        }
    }

    /// Bit for bit, in every variant: what is filtered decides which label a pixel gets.
    @Test(arguments: KernelVariant.all) func theLatticeIsTheNaiveOne(variant: KernelVariant) {
        for reach: [Float] in [[20, 30], [6, 5, 20, 18, 20], [0, 0, 0, 0, 0], [300, 200, 90, 0, 80]] {
            // One lattice for all, as a lane has it.
            let lattice = PermutohedralLattice(dimensions: reach.count, kernels: variant.kernels)
            // 5,000 points that far apart have more corners than the table of keys has slots at first.
            for count in [1, 2, 4, 15, 16, 17, 100, 257, 5000, 31] {
                let features = Self.points(count, reach: reach, seed: UInt64(count))
                lattice.enclose(features, reach: reach)
                let naive = NaiveLattice(features, dimensions: reach.count)
                #expect(lattice.size == naive.size)
                let channel = Self.random(count, -1...1, seed: 7)
                #expect(lattice.filtered(channel) == naive.filtered(channel), "\(count) points up to \(reach)")
                let other = Self.random(count, 0...1, seed: 8)
                #expect(lattice.filtered(other) == naive.filtered(other), "\(count) points up to \(reach), again")
            }
        }
    }

    /// Positions lie on the lattice's walls, where the last bit decides.
    @Test(arguments: KernelVariant.all) func gridsAreTheNaiveOnes(variant: KernelVariant) {
        for (width, deviation) in [(24, Float(3)), (31, 1), (17, 1.25), (40, 40)] {
            let features = (0..<width * width).map { [Float($0 % width) / deviation, Float($0 / width) / deviation] }
            let lattice = PermutohedralLattice(dimensions: 2, kernels: variant.kernels)
            let reach = Float(width - 1) / deviation
            lattice.enclose(features, reach: [reach, reach])
            let channel = Self.random(features.count, -1...1, seed: 5)
            #expect(lattice.filtered(channel) == NaiveLattice(features, dimensions: 2).filtered(channel))
        }
    }

    @Test(arguments: [[4, 4], [4, 4, 4, 4, 4]] as [[Float]]) func theLatticeIsCloseToTheKernel(reach: [Float]) {
        let features = Self.points(600, reach: reach, seed: UInt64(reach.count))
        // A channel that varies with the features, as colours and positions make it.
        let channel = features.map { $0[0] > 2.3 ? Float(1) : 0 }
        let ones = [Float](repeating: 1, count: features.count)
        let lattice = PermutohedralLattice(dimensions: reach.count)
        lattice.enclose(features, reach: reach)
        let ours = zip(lattice.filtered(channel), lattice.filtered(ones)).map { $0 / $1 }
        let exact = zip(Self.exact(features, channel), Self.exact(features, ones)).map { $0 / $1 }
        let error = zip(ours, exact).reduce(0) { $0 + ($1.0 - $1.1).magnitude } / Float(features.count)
        #expect(error < 0.04, "mean error \(error)")
    }

    @Test func theSpatialKernelIsExact() {
        for (width, height, deviation) in [(23, 17, Float(3)), (16, 1, 2), (5, 9, 20)] {
            let features = (0..<width * height).map {
                [Float($0 % width) / deviation, Float($0 / width) / deviation]
            }
            let filter = SpatialGaussian(deviation: deviation, width: width, height: height)
            for seed: UInt64 in [9, 10] {
                let channel = Self.random(width * height, 0...1, seed: seed)
                expectClose(
                    filter.filtered(channel).map(Double.init), Self.exact(features, channel).map(Double.init),
                    tolerance: 2e-3)
            }
        }
    }

    @Test func filteringIsLinear() {
        let features: [[Float]] = [[0, 0], [0.1, 0.4], [3, 3], [0, 0]]
        let lattice = PermutohedralLattice(dimensions: 2)
        lattice.enclose(features, reach: [3, 3])
        let (a, b): ([Float], [Float]) = ([1, 2, 3, 4], [0.5, 0, -1, 2])
        let together = lattice.filtered(zip(a, b).map { $0 + $1 })
        let apart = zip(lattice.filtered(a), lattice.filtered(b)).map { Double($0 + $1) }
        expectClose(together.map(Double.init), apart, tolerance: 1e-5)
        // Points that coincide cannot be told apart.
        #expect(lattice.filtered(a)[0] == lattice.filtered(a)[3])
    }

    @Test(arguments: KernelVariant.all) func beliefsAreHyperbolicTangents(variant: KernelVariant) {
        let ends: [Float] = [
            0, -0.0, 1e-30, 1e-7, -1e-7, 80, -87, 200, -1e30, .infinity, -.infinity, 1, -1, 16, -17, 5,
        ]
        let odds = ends + Self.random(16 * 100, -30...30, seed: 1) + Self.random(16 * 100, -1...1, seed: 2)
        var beliefs = [Float](repeating: .nan, count: odds.count)
        variant.kernels.beliefs(odds, odds.count / 16, &beliefs)
        for (odd, belief) in zip(odds, beliefs) {
            #expect((Double(belief) - tanh(Double(odd) / 2)).magnitude <= 2e-7, "\(odd)")
        }
    }
}
