/// The parts that ``ConvolutionalEncoder`` is put together from. Maps are `[images, size, size, channels]`; `scratch` holds
/// what a part needs while it runs, of a size that it says itself.

/// From the pixels of one image to the first map.
protocol NetworkStem: Sendable {
    var multiplyAdds: Int { get }
    var scratchFloats: Int { get }

    /// - Parameters:
    ///   - image: `[3, S, S]`.
    ///   - out: the first stage's map, of ``NetworkStage/inputFloats``.
    func run(
        _ image: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    )
}

/// From map to map.
protocol NetworkStage: Sendable {
    var multiplyAdds: Int { get }
    /// Floats of an image's map that comes in.
    var inputFloats: Int { get }
    /// Floats of an image's map that goes out.
    var outputFloats: Int { get }
    /// Positions of the map that goes out.
    var outputPositions: Int { get }

    func scratchFloats(images: Int) -> Int

    /// - Parameters:
    ///   - input: the images' maps; may be overwritten.
    ///   - out: their maps behind this stage.
    func run(
        _ input: UnsafeMutablePointer<Float>, images: Int, into out: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>)
}

extension NetworkStage {
    /// Images that go through together, of a batch: enough positions to be worth fetching the weights for.
    func group(of batchSize: Int) -> Int { min(batchSize, max(1, 1024 / outputPositions)) }
}

/// From the last map to the embedding.
protocol NetworkHead: Sendable {
    var multiplyAdds: Int { get }

    func scratchFloats(images: Int) -> Int

    /// - Parameters:
    ///   - maps: `[images, n, C]`.
    ///   - out: `[images, e]`.
    func run(
        _ maps: UnsafePointer<Float>, images: Int, into out: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>)
}
