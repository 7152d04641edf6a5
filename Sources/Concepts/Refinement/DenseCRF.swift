import Foundation

/// A fully connected conditional random field of two labels, solved by mean field (METHODS §1.5): moves the border of a
/// mask to where the picture has edges.
struct DenseCRF {
    /// Weight and standard deviations of the kernel that sees position and colour: pixels, and levels of 0…255.
    var appearance: (weight: Float, position: Float, color: Float) = (10, 40, 13)
    /// Weight and standard deviation, in pixels, of the kernel that sees position alone.
    var smoothness: (weight: Float, position: Float) = (3, 3)
    var iterations = 5
    /// How sure the mask is taken to be.
    var confidence: Float = 0.99

    /// - Parameters:
    ///   - mask: `[height, width]`.
    ///   - pixels: `[height, width, 3]`, RGB.
    /// - Returns: `[height, width]`, whether the pixel is foreground; of equal labels background.
    func refine(mask: [Bool], pixels: [UInt8], width: Int, height: Int) -> [Bool] {
        let count = width * height
        precondition(mask.count == count && pixels.count == 3 * count, "a mask and a picture of unlike size")
        guard count > 0 else { return [] }
        let kernels = [
            NormalizedKernel(weight: appearance.weight, count: count, lattice(pixels, width, height).filtered),
            NormalizedKernel(
                weight: smoothness.weight, count: count,
                SpatialGaussian(deviation: smoothness.position, width: width, height: height).filtered),
        ]
        // Two labels: what one has not, the other has, so one field of log-odds says it all.
        let unary = log(confidence) - log(1 - confidence)
        var odds = mask.map { $0 ? unary : -unary }
        for _ in 0..<iterations {
            let foreground = odds.map { 1 / (1 + exp(-$0)) }
            odds = mask.map { $0 ? unary : -unary }
            for kernel in kernels { kernel.add(messagesOf: foreground, to: &odds) }
        }
        return odds.map { $0 > 0 }
    }

    private func lattice(_ pixels: [UInt8], _ width: Int, _ height: Int) -> PermutohedralLattice {
        let features = [Float](unsafeUninitializedCapacity: width * height * 5) { features, initialized in
            for y in 0..<height {
                for x in 0..<width {
                    let pixel = y * width + x
                    features[5 * pixel] = Float(x) / appearance.position
                    features[5 * pixel + 1] = Float(y) / appearance.position
                    for channel in 0..<3 {
                        features[5 * pixel + 2 + channel] = Float(pixels[3 * pixel + channel]) / appearance.color
                    }
                }
            }
            initialized = features.count
        }
        return PermutohedralLattice(features: features, dimensions: 5)
    }

    /// `Deg^−½ K Deg^−½` with `Deg = K·1`, times a weight.
    private struct NormalizedKernel {
        private let weight: Float
        private let filter: ([Float]) -> [Float]
        private let norm: [Float]
        private let ones: [Float]

        init(weight: Float, count: Int, _ filter: @escaping ([Float]) -> [Float]) {
            self.weight = weight
            self.filter = filter
            let norm = filter(.init(repeating: 1, count: count)).map { 1 / max($0, 1e-20).squareRoot() }
            self.norm = norm
            ones = zip(norm, filter(norm)).map { $0 * $1 }
        }

        /// Adds what all pixels say for foreground, less what they say for background.
        func add(messagesOf foreground: [Float], to odds: inout [Float]) {
            let filtered = filter(zip(norm, foreground).map { $0 * $1 })
            for pixel in odds.indices {
                odds[pixel] += weight * (2 * norm[pixel] * filtered[pixel] - ones[pixel])
            }
        }
    }
}

/// An exact Gaussian over pixel positions, cut at four standard deviations; no padding, so less weight at the border.
struct SpatialGaussian {
    private let weights: [Float]
    private let width: Int
    private let height: Int

    init(deviation: Float, width: Int, height: Int) {
        self.width = width
        self.height = height
        let radius = Int((4 * deviation).rounded(.up))
        weights = (0...radius).map { exp(-Float($0 * $0) / (2 * deviation * deviation)) }
    }

    /// - Parameter channel: `[height, width]`.
    func filtered(_ channel: [Float]) -> [Float] {
        // Down the columns, transposed, and once more: two passes of one kind, each along whole rows.
        transposed(columns(transposed(columns(channel, width, height), width, height), height, width), height, width)
    }

    private func columns(_ channel: [Float], _ width: Int, _ height: Int) -> [Float] {
        var result = [Float](repeating: 0, count: channel.count)
        result.withUnsafeMutableBufferPointer { result in
            channel.withUnsafeBufferPointer { channel in
                for y in 0..<height {
                    for other in max(y - weights.count + 1, 0)...min(y + weights.count - 1, height - 1) {
                        let weight = weights[abs(other - y)]
                        for x in 0..<width { result[y * width + x] += weight * channel[other * width + x] }
                    }
                }
            }
        }
        return result
    }

    private func transposed(_ channel: [Float], _ width: Int, _ height: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: channel.count) { result, initialized in
            for y in 0..<height {
                for x in 0..<width { result[x * height + y] = channel[y * width + x] }
            }
            initialized = channel.count
        }
    }
}
