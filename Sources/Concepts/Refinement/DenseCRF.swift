import CKernels
import Foundation
import Inference

/// A fully connected conditional random field of two labels, solved by mean field (Krähenbühl and Koltun 2011; see
/// docs/method.md §6): moves the border of a mask to where the picture has edges.
///
/// Belongs to one lane, whose thread alone uses it: scratch memory is allocated once, and what depends on a picture's size
/// alone is kept for the next picture of that size. No result depends on what came before.
public final class DenseCRF {
    /// How sure the mask is taken to be; the reference clamps probabilities to 0.01…0.99.
    private static let confidence = (given: Float(0.99), other: Float(0.01))
    /// Blocks of sixteen pixels that go through the steps of an iteration together, so that they stay near the processor.
    private static let chunk = 16

    private let parameters: MethodParameters.CRF
    private let kernels: entente_kernels
    private let colors: PermutohedralLattice
    private let appearance: PairwiseKernel
    private var smoothness: (width: Int, height: Int, kernel: PairwiseKernel)?
    private let odds = GrowingBuffer<Float>()
    private let beliefs = GrowingBuffer<Float>()

    /// - Parameter parameters: without ``MethodParameters/rangeProblems``.
    public convenience init(_ parameters: MethodParameters.CRF) {
        self.init(parameters, kernels: RowKernels.current)
    }

    init(_ parameters: MethodParameters.CRF, kernels: entente_kernels) {
        self.parameters = parameters
        self.kernels = kernels
        colors = PermutohedralLattice(dimensions: 5, kernels: kernels)
        appearance = PairwiseKernel(weight: Float(parameters.weights.appearance), filter: colors)
    }

    /// - Parameters:
    ///   - mask: `[height, width]`.
    ///   - pixels: `[height, width, 3]`, RGB.
    /// - Returns: `[height, width]`, whether the pixel is foreground; of equal labels background.
    func refine(mask: [Bool], pixels: [UInt8], width: Int, height: Int) -> [Bool] {
        let count = width * height
        precondition(mask.count == count && pixels.count == 3 * count, "a mask and a picture of unlike size")
        guard count > 0 else { return [] }
        encloseColors(pixels, width, height)
        appearance.normalize(pixels: count)
        let pair = [appearance, smoothness(width, height)]

        // Two labels and Potts' compatibility: the difference of the labels' probabilities says it all, and so does that of
        // what they are told. Of the mask it is one number or its opposite.
        let unary = log(Self.confidence.given) - log(Self.confidence.other)
        let blocks = (count + 15) / 16
        let odds = odds.room(for: 16 * Self.chunk)
        let beliefs = beliefs.room(for: 16 * Self.chunk)
        var refined = mask
        refined.withUnsafeMutableBufferPointer { refined in
            for iteration in 0...parameters.iterations {
                if iteration > 0 { pair.forEach { $0.spread() } }
                for start in stride(from: 0, to: blocks, by: Self.chunk) {
                    let own = start..<min(start + Self.chunk, blocks)
                    let places = min(16 * own.upperBound, count) - 16 * start
                    for place in 0..<places { odds[place] = mask[16 * start + place] ? unary : -unary }
                    for place in places..<16 * own.count { odds[place] = 0 }
                    if iteration > 0 { pair.forEach { $0.addMessages(to: odds, blocks: own) } }
                    if iteration < parameters.iterations {
                        kernels.beliefs(odds, own.count, beliefs)
                        pair.forEach { $0.take(beliefs, blocks: own) }
                    } else {
                        for place in 0..<places { refined[16 * start + place] = odds[place] > 0 }
                    }
                }
            }
        }
        return refined
    }

    private func encloseColors(_ pixels: [UInt8], _ width: Int, _ height: Int) {
        let (position, color) = (Float(parameters.widths.xy), Float(parameters.widths.rgb))
        let colorFeatures = (0...255).map { Float($0) / color }
        colors.enclose(
            points: width * height,
            reach: [Float(width - 1) / position, Float(height - 1) / position] + .init(repeating: 255 / color, count: 3)
        ) { points, features, plane in
            Self.writePositions(points, width, deviation: position, features, plane)
            pixels.withUnsafeBufferPointer { pixels in
                colorFeatures.withUnsafeBufferPointer { colorFeatures in
                    for (place, pixel) in points.enumerated() {
                        for channel in 0..<3 {
                            features[(2 + channel) * plane + place] = colorFeatures[Int(pixels[3 * pixel + channel])]
                        }
                    }
                }
            }
        }
    }

    private static func writePositions(
        _ points: Range<Int>, _ width: Int, deviation: Float, _ features: UnsafeMutablePointer<Float>, _ plane: Int
    ) {
        var (y, x) = points.lowerBound.quotientAndRemainder(dividingBy: width)
        for place in 0..<points.count {
            features[place] = Float(x) / deviation
            features[plane + place] = Float(y) / deviation
            x += 1
            if x == width { (x, y) = (0, y + 1) }
        }
    }

    /// The kernel that sees positions alone, made anew only for another size.
    private func smoothness(_ width: Int, _ height: Int) -> PairwiseKernel {
        if let smoothness, (smoothness.width, smoothness.height) == (width, height) { return smoothness.kernel }
        let deviation = Float(parameters.widths.spatial)
        let filter: any GaussianFilter
        switch parameters.spatial {
        case .exact: filter = SpatialGaussian(deviation: deviation, width: width, height: height)
        case .lattice:
            let lattice = PermutohedralLattice(dimensions: 2, kernels: kernels)
            lattice.enclose(
                points: width * height, reach: [Float(width - 1) / deviation, Float(height - 1) / deviation]
            ) { Self.writePositions($0, width, deviation: deviation, $1, $2) }
            filter = lattice
        }
        let kernel = PairwiseKernel(weight: Float(parameters.weights.smoothness), filter: filter)
        kernel.normalize(pixels: width * height)
        smoothness = (width, height, kernel)
        return kernel
    }
}
