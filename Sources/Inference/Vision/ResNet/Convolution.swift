/// A convolution of 1×1 or 3×3 pixels with the batch norm that follows it folded in.
///
/// Maps are `[height, width, channels]`. Products are of one image at a time and cut at the same rows for every image, so
/// that a result depends on the image alone (see ``RowPacking``).
struct Convolution: Sendable {
    let inputs: Int
    let outputs: Int
    let side: Int
    let stride: Int
    /// `[outputs, side², inputs]`, pixels in raster order.
    private let weights: [Float]
    /// `[outputs]`.
    private let bias: [Float]

    private static let epsilon: Float = 1e-5
    /// Rows of one product at most; the pixels around them lie side by side in a lane's memory meanwhile.
    static let rowsAtOnce = 1536

    /// - Parameters:
    ///   - convolution: name of the weights below `tensors`, without bias.
    ///   - norm: name of the batch norm.
    init(
        _ tensors: TensorScope, _ convolution: String, norm: String, inputs: Int, outputs: Int, side: Int = 1,
        stride: Int = 1
    ) throws(InferenceError) {
        (self.inputs, self.outputs, self.side, self.stride) = (inputs, outputs, side, stride)
        let raw = try tensors.floats("\(convolution).weight", [outputs, inputs, side, side])
        let norm = tensors.scope(norm)
        let gain = try norm.floats("weight", [outputs])
        let shift = try norm.floats("bias", [outputs])
        let mean = try norm.floats("running_mean", [outputs])
        let variance = try norm.floats("running_var", [outputs])
        let scales = (0..<outputs).map { gain[$0] / (variance[$0] + Self.epsilon).squareRoot() }
        var weights = [Float](repeating: 0, count: raw.count)
        let area = side * side
        for output in 0..<outputs {
            for input in 0..<inputs {
                for pixel in 0..<area {
                    weights[(output * area + pixel) * inputs + input] =
                        raw[(output * inputs + input) * area + pixel] * scales[output]
                }
            }
        }
        self.weights = weights
        bias = (0..<outputs).map { shift[$0] - mean[$0] * scales[$0] }
    }

    /// Floats of `patches` that ``apply(_:size:into:rectified:patches:)`` needs.
    var patchFloats: Int { side == 1 ? 0 : Self.rowsAtOnce * side * side * inputs }

    /// Side of the result for a square map.
    func resultSize(_ size: Int) -> Int { (size + stride - 1) / stride }

    /// Multiply-adds for a square map.
    func multiplyAdds(_ size: Int) -> Int {
        resultSize(size) * resultSize(size) * side * side * inputs * outputs
    }

    /// - Parameters:
    ///   - map: `[size, size, inputs]`; 3×3 convolutions see zeros around it.
    ///   - out: `[resultSize, resultSize, outputs]`.
    ///   - rectified: whether what is below 0 becomes 0.
    func apply(
        _ map: UnsafePointer<Float>, size: Int, into out: UnsafeMutablePointer<Float>, rectified: Bool,
        patches: UnsafeMutablePointer<Float>
    ) {
        let result = resultSize(size)
        let rows = result * result
        let inner = side * side * inputs
        weights.withUnsafeBufferPointer { weights in
            // Every count is positive, so there is an address.
            let view = BLAS.View(weights.baseAddress!, rows: outputs, columns: inner)
            for first in Swift.stride(from: 0, to: rows, by: Self.rowsAtOnce) {
                let count = min(Self.rowsAtOnce, rows - first)
                let source: UnsafePointer<Float>
                if side == 1 {
                    source = map + first * inputs
                } else {
                    gather(map, size, first..<first + count, into: patches)
                    source = UnsafePointer(patches)
                }
                let target = out + first * outputs
                BLAS.multiply(
                    BLAS.View(source, rows: count, columns: inner), view, transposingB: true, into: target)
                finish(target, rows: count, rectified: rectified)
            }
        }
    }

    /// Writes the 3×3 pixels around each result's place, `[rows, 9, inputs]`.
    private func gather(
        _ map: UnsafePointer<Float>, _ size: Int, _ rows: Range<Int>, into patches: UnsafeMutablePointer<Float>
    ) {
        let result = resultSize(size)
        var target = patches
        for row in rows {
            let (top, left) = (row / result * stride - 1, row % result * stride - 1)
            for y in top..<top + side {
                for x in left..<left + side {
                    if y >= 0, y < size, x >= 0, x < size {
                        target.update(from: map + (y * size + x) * inputs, count: inputs)
                    } else {
                        target.update(repeating: 0, count: inputs)
                    }
                    target += inputs
                }
            }
        }
    }

    private func finish(_ values: UnsafeMutablePointer<Float>, rows: Int, rectified: Bool) {
        guard rectified else {
            RowKernels.best.add_bias(values, bias, rows, outputs)
            return
        }
        bias.withUnsafeBufferPointer { bias in
            var row = values
            for _ in 0..<rows {
                for column in 0..<outputs {
                    let value = row[column] + bias[column]
                    row[column] = value > 0 ? value : 0
                }
                row += outputs
            }
        }
    }
}

/// What has no weights.
enum Maps {
    /// Means of 2×2 pixels, `[size / 2, size / 2, channels]`.
    static func halved(
        _ map: UnsafePointer<Float>, size: Int, channels: Int, into out: UnsafeMutablePointer<Float>
    ) {
        let half = size / 2
        for y in 0..<half {
            for x in 0..<half {
                let first = map + (2 * y * size + 2 * x) * channels
                let second = first + size * channels
                let target = out + (y * half + x) * channels
                for channel in 0..<channels {
                    target[channel] =
                        (first[channel] + first[channels + channel] + second[channel] + second[channels + channel])
                        * 0.25
                }
            }
        }
    }

    /// `values = max(values + other, 0)`.
    static func addRectified(
        _ values: UnsafeMutablePointer<Float>, _ other: UnsafePointer<Float>, count: Int
    ) {
        for index in 0..<count {
            let sum = values[index] + other[index]
            values[index] = sum > 0 ? sum : 0
        }
    }

    /// `[3, size, size]` as `[size, size, 3]`.
    static func interleaved(_ planes: [Float], size: Int, into out: UnsafeMutablePointer<Float>) {
        let plane = size * size
        planes.withUnsafeBufferPointer { planes in
            for pixel in 0..<plane {
                for channel in 0..<3 { out[pixel * 3 + channel] = planes[channel * plane + pixel] }
            }
        }
    }
}
