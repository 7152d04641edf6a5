import Foundation
import Testing

@testable import Concepts

@Suite struct DenseCRFTests {
    struct Case: Decodable {
        let size: Int
        let pixels: String, mask: String, refined: String
    }

    /// The lattice is an approximation; the reference sums over all pairs of pixels.
    @Test func masksAreThoseOfTheExactMeanField() throws {
        let cases: [Case] = try Golden.cases("crfs")
        var changed = 0
        for (number, golden) in cases.enumerated() {
            let mask = try Golden.bytes(golden.mask).map { $0 != 0 }
            let expected = try Golden.bytes(golden.refined).map { $0 != 0 }
            let refined = DenseCRF().refine(
                mask: mask, pixels: try Golden.bytes(golden.pixels), width: golden.size, height: golden.size)
            let agreeing = Double(zip(refined, expected).count { $0 == $1 }) / Double(mask.count)
            #expect(agreeing >= 0.98, "case \(number): \(agreeing) of the pixels agree")
            if expected != mask { changed += 1 }
        }
        // Else nothing would be shown.
        #expect(changed >= 10)
    }

    @Test(arguments: [(1, 1), (1, 30), (30, 1), (7, 3)])
    func aMaskOfOneLabelStaysSo(width: Int, height: Int) {
        var generator = SplitMix64(seed: 1)
        let pixels = (0..<3 * width * height).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for label in [true, false] {
            let mask = [Bool](repeating: label, count: width * height)
            #expect(DenseCRF().refine(mask: mask, pixels: pixels, width: width, height: height) == mask)
        }
        #expect(DenseCRF().refine(mask: [], pixels: [], width: 0, height: 0) == [])
    }

    /// Without edges only smoothness is left: a speck goes, the rest stays.
    @Test func aSpeckOnAFlatPictureIsErased() {
        var mask = [Bool](repeating: false, count: 40 * 40)
        mask[20 * 40 + 20] = true
        let refined = DenseCRF().refine(
            mask: mask, pixels: .init(repeating: 128, count: 3 * 1600), width: 40, height: 40)
        #expect(refined.allSatisfy { !$0 })
    }

    @Test func sameInputSameBits() {
        var generator = SplitMix64(seed: 2)
        let pixels = (0..<3 * 64 * 64).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let mask = (0..<64 * 64).map { $0 % 64 > 20 && $0 / 64 > 30 }
        let once = DenseCRF().refine(mask: mask, pixels: pixels, width: 64, height: 64)
        for _ in 0..<3 {
            #expect(DenseCRF().refine(mask: mask, pixels: pixels, width: 64, height: 64) == once)
        }
    }
}

@Suite struct GaussianFilterTests {
    /// Every pair of points.
    private static func exact(_ features: [Float], dimensions: Int, _ channel: [Float]) -> [Float] {
        let count = channel.count
        return (0..<count).map { a in
            (0..<count).reduce(Float(0)) { sum, b in
                var square: Float = 0
                for axis in 0..<dimensions {
                    let difference = features[a * dimensions + axis] - features[b * dimensions + axis]
                    square += difference * difference
                }
                return sum + exp(-square / 2) * channel[b]
            }
        }
    }

    @Test(arguments: [1, 2, 3, 5]) func theLatticeIsCloseToTheKernel(dimensions: Int) {
        var generator = SplitMix64(seed: UInt64(dimensions))
        let count = 600
        let features = (0..<count * dimensions).map { _ in Float.random(in: -2...2, using: &generator) }
        // A channel that varies with the features, as colours and positions make it.
        let channel = (0..<count).map { features[$0 * dimensions] > 0.3 ? Float(1) : 0 }
        let ones = [Float](repeating: 1, count: count)
        let lattice = PermutohedralLattice(features: features, dimensions: dimensions)
        let ours = zip(lattice.filtered(channel), lattice.filtered(ones)).map { $0 / $1 }
        let exact = zip(
            Self.exact(features, dimensions: dimensions, channel), Self.exact(features, dimensions: dimensions, ones)
        ).map { $0 / $1 }
        let error = zip(ours, exact).reduce(0) { $0 + ($1.0 - $1.1).magnitude } / Float(count)
        #expect(error < 0.04, "mean error \(error)")
    }

    @Test func theSpatialKernelIsExact() {
        var generator = SplitMix64(seed: 9)
        let (width, height) = (23, 17)
        let channel = (0..<width * height).map { _ in Float.random(in: 0...1, using: &generator) }
        let features = (0..<width * height).flatMap { [Float($0 % width) / 3, Float($0 / width) / 3] }
        let ours = SpatialGaussian(deviation: 3, width: width, height: height).filtered(channel)
        let exact = Self.exact(features, dimensions: 2, channel)
        expectClose(ours.map(Double.init), exact.map(Double.init), tolerance: 2e-3)
    }

    @Test func filteringIsLinear() {
        let features: [Float] = [0, 0, 0.1, 0.4, 3, 3, 0, 0]
        let lattice = PermutohedralLattice(features: features, dimensions: 2)
        let (a, b): ([Float], [Float]) = ([1, 2, 3, 4], [0.5, 0, -1, 2])
        let together = lattice.filtered(zip(a, b).map { $0 + $1 })
        let apart = zip(lattice.filtered(a), lattice.filtered(b)).map { Double($0 + $1) }
        expectClose(together.map(Double.init), apart, tolerance: 1e-5)
        // Points that coincide cannot be told apart.
        #expect(lattice.filtered(a)[0] == lattice.filtered(a)[3])
    }
}
