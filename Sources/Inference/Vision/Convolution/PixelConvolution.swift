/// The first convolution of a network, on the pixels of an image: the values under a window are laid side by side, then
/// multiplied like any row.
struct PixelConvolution: Sendable {
    private let layer: PackedLayer
    private let side: Int
    private let stride: Int
    /// Zeros around the image.
    private let border: Int

    /// - Parameters:
    ///   - weights: `[outputs, 3, side, side]`.
    ///   - bias: `[outputs]`.
    init(weights: [Float], bias: [Float], outputs: Int, side: Int, stride: Int, border: Int) {
        layer = PackedLayer(weights: weights, bias: bias, inputs: 3 * side * side, outputs: outputs)
        (self.side, self.stride, self.border) = (side, stride, border)
    }

    var outputs: Int { layer.outputs }

    /// Side of the result.
    func resultSize(_ size: Int) -> Int { (size + 2 * border - side) / stride + 1 }

    func multiplyAdds(_ size: Int) -> Int { resultSize(size) * resultSize(size) * layer.inputs * outputs }

    /// Floats of `scratch` that ``apply(_:size:_:into:scratch:)`` needs: one line of windows, and the product's.
    func scratchFloats(_ size: Int) -> Int { resultSize(size) * layer.inputs + layer.scratchFloats }

    /// - Parameters:
    ///   - image: `[3, size, size]`.
    ///   - out: `[resultSize, resultSize, outputs]`.
    func apply(
        _ image: UnsafePointer<Float>, size: Int, _ activation: Activation? = nil,
        into out: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        let result = resultSize(size)
        for line in 0..<result {
            gather(image, size, line, into: scratch)
            layer.apply(
                scratch, rows: result, activation, into: out + line * result * outputs,
                scratch: scratch + result * layer.inputs)
        }
    }

    /// The windows of one line of the result, `[resultSize, 3, side, side]`.
    private func gather(
        _ image: UnsafePointer<Float>, _ size: Int, _ line: Int, into windows: UnsafeMutablePointer<Float>
    ) {
        let inner = layer.inputs
        let result = resultSize(size)
        for row in 0..<3 * side {
            let y = line * stride - border + row % side
            guard 0..<size ~= y else {
                for column in 0..<result {
                    (windows + column * inner + row * side).update(repeating: 0, count: side)
                }
                continue
            }
            let source = row / side * size * size + y * size
            for column in 0..<result {
                let target = windows + column * inner + row * side
                let left = column * stride - border
                for x in 0..<side {
                    target[x] = 0..<size ~= left + x ? image[source + left + x] : 0
                }
            }
        }
    }
}
