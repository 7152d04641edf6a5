/// One of a conditional random field's kernels, `w D^−½ K D^−½` with `D = K·1`: a filter, its norms and its weight.
final class PairwiseKernel {
    private let weight: Float
    private let filter: any GaussianFilter
    private let norms = GrowingBuffer<Float>()
    private let channel = GrowingBuffer<Float>()

    init(weight: Float, filter: any GaussianFilter) {
        self.weight = weight
        self.filter = filter
    }

    /// Finds the norms: once for a set of pixels.
    ///
    /// - Parameter pixels: those that fill up the last block not among them.
    func normalize(pixels: Int) {
        let blocks = (pixels + 15) / 16
        let norms = norms.filled(16 * blocks, with: 0)
        norms.update(repeating: 1, count: pixels)
        filter.filtered(norms, into: norms, blocks: blocks)
        for pixel in 0..<pixels { norms[pixel] = Float(1 / (Double(norms[pixel]) + 1e-20).squareRoot()) }
        for pixel in pixels..<16 * blocks { norms[pixel] = 0 }
    }

    /// Takes what some blocks of pixels believe, of -1 to 1.
    func take(_ beliefs: UnsafePointer<Float>, blocks: Range<Int>) {
        let channel = channel.room(for: 16 * blocks.count)
        let norms = norms.base + 16 * blocks.lowerBound
        for place in 0..<16 * blocks.count { channel[place] = norms[place] * beliefs[place] }
        filter.splat(channel, blocks: blocks)
    }

    /// Once all blocks were taken.
    func spread() { filter.blur() }

    /// Adds what all pixels tell those of some blocks.
    func addMessages(to odds: UnsafeMutablePointer<Float>, blocks: Range<Int>) {
        let channel = channel.room(for: 16 * blocks.count)
        let norms = norms.base + 16 * blocks.lowerBound
        filter.slice(channel, blocks: blocks)
        for place in 0..<16 * blocks.count { odds[place] += weight * (norms[place] * channel[place]) }
    }
}
