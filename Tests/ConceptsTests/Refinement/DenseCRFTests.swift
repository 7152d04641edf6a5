import Foundation
import Testing

@testable import Concepts

@Suite struct DenseCRFTests {
    struct Case: Decodable {
        let width: Int, height: Int
        let parameters: [Double]
        let pixels: String, mask: String, refined: String

        var crf: MethodParameters.CRF {
            var crf = MethodParameters.CRF()
            crf.weights.appearance = parameters[0]
            crf.widths.xy = parameters[1]
            crf.widths.rgb = parameters[2]
            crf.weights.smoothness = parameters[3]
            crf.widths.spatial = parameters[4]
            crf.iterations = Int(parameters[5])
            return crf
        }
    }

    struct SquareCase: Decodable {
        let size: Int
        let pixels: String, mask: String, refined: String
    }

    /// At most one pixel in 10,000 may differ, which leaves none in the small pictures.
    @Test(arguments: KernelVariant.all) func masksAreTheLibrarys(variant: KernelVariant) throws {
        let cases: [Case] = try Golden.cases("masks", in: "crf")
        var changed = 0
        for (number, golden) in cases.enumerated() {
            let count = golden.width * golden.height
            let mask = try Golden.bits(golden.mask, count: count)
            let expected = try Golden.bits(golden.refined, count: count)
            let refined = DenseCRF(golden.crf, kernels: variant.kernels).refine(
                mask: mask, pixels: try Golden.bytes(golden.pixels), width: golden.width, height: golden.height)
            let differing = zip(refined, expected).count { $0 != $1 }
            #expect(10_000 * differing <= count, "case \(number): \(differing) of \(count) pixels differ")
            if expected != mask { changed += 1 }
        }
        // Else nothing would be shown.
        #expect(changed >= 14)
    }

    @Test func masksAreThoseOfTheNaiveMeanField() {
        var generator = SplitMix64(seed: 3)
        for (width, height) in [(1, 1), (9, 4), (17, 13), (31, 20)] {
            let (mask, pixels) = Self.picture(width, height, &generator)
            for crf in [MethodParameters.CRF(), Self.unusual] {
                let naive = NaiveMeanField(parameters: crf).refine(
                    mask: mask, pixels: pixels, width: width, height: height)
                let ours = DenseCRF(crf).refine(mask: mask, pixels: pixels, width: width, height: height)
                #expect(ours == naive, "\(width)×\(height)")
            }
        }
    }

    /// The colours' lattice is an approximation; the reference sums over all pairs of pixels, in both kernels.
    @Test func withAnExactSpatialKernelMasksAreCloseToTheExactMeanFields() throws {
        let cases: [SquareCase] = try Golden.cases("crfs")
        var parameters = MethodParameters.CRF()
        parameters.spatial = .exact
        let crf = DenseCRF(parameters)
        var changed = 0
        for (number, golden) in cases.enumerated() {
            let mask = try Golden.bytes(golden.mask).map { $0 != 0 }
            let expected = try Golden.bytes(golden.refined).map { $0 != 0 }
            let refined = crf.refine(
                mask: mask, pixels: try Golden.bytes(golden.pixels), width: golden.size, height: golden.size)
            let agreeing = Double(zip(refined, expected).count { $0 == $1 }) / Double(mask.count)
            #expect(agreeing >= 0.98, "case \(number): \(agreeing) of the pixels agree")
            if expected != mask { changed += 1 }
        }
        #expect(changed >= 10)
    }

    @Test(arguments: [MethodParameters.CRF.Spatial.lattice, .exact])
    func aMaskOfOneLabelStaysSo(spatial: MethodParameters.CRF.Spatial) {
        var parameters = MethodParameters.CRF()
        parameters.spatial = spatial
        var generator = SplitMix64(seed: 1)
        let crf = DenseCRF(parameters)
        for (width, height) in [(1, 1), (1, 30), (30, 1), (7, 3)] {
            let pixels = (0..<3 * width * height).map { _ in UInt8.random(in: 0...255, using: &generator) }
            for label in [true, false] {
                let mask = [Bool](repeating: label, count: width * height)
                #expect(crf.refine(mask: mask, pixels: pixels, width: width, height: height) == mask)
            }
        }
        #expect(crf.refine(mask: [], pixels: [], width: 0, height: 0) == [])
    }

    /// Without edges only smoothness is left: a speck goes, the rest stays.
    @Test func aSpeckOnAFlatPictureIsErased() {
        var mask = [Bool](repeating: false, count: 40 * 40)
        mask[20 * 40 + 20] = true
        let refined = DenseCRF(.init()).refine(
            mask: mask, pixels: .init(repeating: 128, count: 3 * 1600), width: 40, height: 40)
        #expect(refined.allSatisfy { !$0 })
    }

    /// Whatever pictures, of whatever size, it has seen before, and on whatever CPU.
    @Test(arguments: [MethodParameters.CRF.Spatial.lattice, .exact])
    func sameInputSameBits(spatial: MethodParameters.CRF.Spatial) {
        var parameters = MethodParameters.CRF()
        parameters.spatial = spatial
        var generator = SplitMix64(seed: 2)
        let crf = DenseCRF(parameters)
        for (width, height) in [(64, 64), (5, 90), (64, 64), (120, 100), (33, 7), (64, 64)] {
            let (mask, pixels) = Self.picture(width, height, &generator)
            let refined = crf.refine(mask: mask, pixels: pixels, width: width, height: height)
            for variant in KernelVariant.all {
                let fresh = DenseCRF(parameters, kernels: variant.kernels)
                #expect(fresh.refine(mask: mask, pixels: pixels, width: width, height: height) == refined)
            }
        }
    }

    /// Lattices of 4,096 pixels a side and the narrowest kernels have keys, too.
    @Test func theNarrowestKernelsHaveKeys() {
        let lattice = PermutohedralLattice(dimensions: 5)
        let reach: [Float] = [4095, 4095, 255, 255, 255]
        lattice.enclose([[0, 0, 0, 0, 0], reach, [4095, 0, 255, 0, 255], [0, 4095, 0, 255, 0]], reach: reach)
        #expect(lattice.size == 24)
    }

    private static var unusual: MethodParameters.CRF {
        var crf = MethodParameters.CRF()
        (crf.weights.appearance, crf.weights.smoothness) = (4, 6.5)
        (crf.widths.xy, crf.widths.rgb, crf.widths.spatial) = (9, 20, 1.5)
        crf.iterations = 3
        return crf
    }

    /// Two colours, each with noise, and a mask that knows roughly where they are.
    private static func picture(
        _ width: Int, _ height: Int, _ generator: inout SplitMix64
    ) -> (mask: [Bool], pixels: [UInt8]) {
        let (count, edge) = (width * height, width / 2)
        let mask = (0..<count).map { ($0 % width > edge) != (Int.random(in: 0..<8, using: &generator) == 0) }
        let pixels = (0..<3 * count).map { index -> UInt8 in
            (index / 3 % width > edge + 1 ? 150 : 60) + UInt8.random(in: 0...40, using: &generator)
        }
        return (mask, pixels)
    }
}
