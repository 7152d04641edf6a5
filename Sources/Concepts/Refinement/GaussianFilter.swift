/// Sums a channel over all pixels, weighted by a Gaussian of what tells them apart, in three steps so that a pixel's old sum
/// and its new value can meet in one sweep: `splat` every block, `blur`, `slice` any block, and `splat` the next channel
/// meanwhile.
///
/// Pixels come in blocks of sixteen in raster order; the last block is filled up with pixels whose channel is 0. Belongs to
/// one thread.
protocol GaussianFilter: AnyObject {
    /// Takes the channel's values of some blocks, `16 * blocks.count` floats.
    func splat(_ channel: UnsafePointer<Float>, blocks: Range<Int>)
    /// Once every block was taken: makes the sums, and is ready to take another channel.
    func blur()
    /// The sums of some blocks.
    func slice(_ sums: UnsafeMutablePointer<Float>, blocks: Range<Int>)
}

extension GaussianFilter {
    /// A whole channel at once.
    func filtered(_ channel: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>, blocks: Int) {
        splat(channel, blocks: 0..<blocks)
        blur()
        slice(sums, blocks: 0..<blocks)
    }
}
