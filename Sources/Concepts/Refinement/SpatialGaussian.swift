import Foundation

/// An exact Gaussian over pixel positions, cut at four standard deviations; no padding, so less weight at the border.
final class SpatialGaussian: GaussianFilter {
    private let weights: [Float]
    private let width: Int
    private let height: Int
    private let channel = GrowingBuffer<Float>()
    private let turned = GrowingBuffer<Float>()
    private let sums = GrowingBuffer<Float>()
    /// Pixels, those that fill up the last block among them.
    private let padded: Int

    init(deviation: Float, width: Int, height: Int) {
        self.width = width
        self.height = height
        padded = (width * height + 15) / 16 * 16
        // Beyond the picture there is nothing to weigh.
        let radius = Int(min((4 * deviation).rounded(.up), Float(max(width, height))))
        weights = (0...radius).map { exp(-Float($0 * $0) / (2 * deviation * deviation)) }
    }

    func splat(_ channel: UnsafePointer<Float>, blocks: Range<Int>) {
        (self.channel.room(for: padded) + 16 * blocks.lowerBound).update(from: channel, count: 16 * blocks.count)
    }

    func blur() {
        let (channel, turned, sums) = (
            channel.room(for: padded), turned.room(for: padded), sums.filled(padded, with: 0)
        )
        // Down the columns, transposed, and once more: two passes of one kind, each along whole rows.
        columns(channel, into: sums, width, height)
        transpose(sums, into: turned, width, height)
        columns(turned, into: sums, height, width)
        transpose(sums, into: turned, height, width)
        sums.update(from: turned, count: width * height)
    }

    func slice(_ sums: UnsafeMutablePointer<Float>, blocks: Range<Int>) {
        sums.update(from: self.sums.base + 16 * blocks.lowerBound, count: 16 * blocks.count)
    }

    private func columns(
        _ channel: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>, _ width: Int, _ height: Int
    ) {
        sums.update(repeating: 0, count: width * height)
        for y in 0..<height {
            for other in max(y - weights.count + 1, 0)...min(y + weights.count - 1, height - 1) {
                let weight = weights[abs(other - y)]
                for x in 0..<width { sums[y * width + x] += weight * channel[other * width + x] }
            }
        }
    }

    private func transpose(
        _ channel: UnsafePointer<Float>, into turned: UnsafeMutablePointer<Float>, _ width: Int, _ height: Int
    ) {
        for y in 0..<height {
            for x in 0..<width { turned[x * height + y] = channel[y * width + x] }
        }
    }
}
