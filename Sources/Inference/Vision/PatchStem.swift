/// From pixels to patches: one convolution whose kernel is its stride, or several one after the other.
///
/// Such convolutions never look beyond their own patch, so each is a product; cells are laid out so that those that the next
/// one joins are neighbours.
struct PatchStem: Sendable {
    /// Side of a patch in pixels.
    let side: Int
    /// Sides of the kernels, the first in pixels.
    private let kernels: [Int]
    private let layers: [PackedLayer]
    /// Where within a patch its cells begin, in pixels.
    private let places: [(row: Int, column: Int)]

    /// Between two layers.
    private static let activation = Activation.gelu

    /// - Parameters:
    ///   - tensors: the vision encoder's.
    ///   - kernels: of several convolutions; empty for a single one, whose bias is added with the positions.
    init(_ tensors: TensorScope, side: Int, width: Int, kernels: [Int]) throws(InferenceError) {
        self.side = side
        guard !kernels.isEmpty else {
            self.kernels = [side]
            places = [(0, 0)]
            layers = [
                PackedLayer(
                    weights: try tensors.floats("conv1.weight", [width, 3, side, side]), bias: [],
                    inputs: 3 * side * side, outputs: width)
            ]
            return
        }
        self.kernels = kernels
        places = Self.places(side: side, kernels: kernels)
        var layers: [PackedLayer] = []
        var inputs = 3
        for (stage, kernel) in kernels.enumerated() {
            let isLast = stage == kernels.count - 1
            let outputs = isLast ? width : width / 4
            layers.append(
                try Self.layer(
                    tensors.scope("conv1.stages.\(stage)"), inputs: inputs, outputs: outputs, kernel: kernel,
                    isPixels: stage == 0, isNormed: !isLast))
            inputs = outputs
        }
        self.layers = layers
    }

    /// A convolution with what follows it folded in.
    ///
    /// - Parameter isPixels: whether the input is ordered by channel, as pixels are cut; else by place.
    private static func layer(
        _ tensors: TensorScope, inputs: Int, outputs: Int, kernel: Int, isPixels: Bool, isNormed: Bool
    ) throws(InferenceError) -> PackedLayer {
        let (area, count) = (kernel * kernel, inputs * kernel * kernel)
        var (weights, bias): ([Float], [Float])
        if isNormed {
            let folded = try FoldedConvolution(
                tensors, "conv", norm: "bn", inputs: inputs, outputs: outputs, side: kernel)
            (weights, bias) = (folded.weights, folded.bias)
        } else {
            weights = try tensors.floats("conv.weight", [outputs, inputs, kernel, kernel])
            bias = try tensors.floats("conv.bias", [outputs])
        }
        if !isPixels {
            weights = (0..<outputs * count).map { index in
                let (output, place, input) = (index / count, index % count / inputs, index % inputs)
                return weights[output * count + input * area + place]
            }
        }
        return PackedLayer(weights: weights, bias: bias, inputs: count, outputs: outputs)
    }

    /// Pixel values of a patch.
    var patchValues: Int { 3 * side * side }
    /// Floats that ``apply(_:patches:into:in:scratch:)`` needs to lay intermediate cells out, for so many patches.
    func roomFloats(patches: Int) -> Int { layers.count > 1 ? 2 * patches * firstCells * layers[0].outputs : 0 }
    /// Of one patch.
    private var firstCells: Int { patchValues / (3 * kernels[0] * kernels[0]) }
    var scratchFloats: Int { layers.map(\.scratchFloats).max() ?? 0 }
    /// Of one patch.
    var multiplyAdds: Int {
        var cells = 1
        return layers.indices.reversed().reduce(0) { sum, stage in
            defer { cells *= kernels[stage] * kernels[stage] }
            return sum + cells * layers[stage].inputs * layers[stage].outputs
        }
    }

    /// - Parameters:
    ///   - cells: `[patches, patchValues]`, as ``cut(_:size:grid:into:)`` lays them out.
    ///   - out: `[patches, d]`.
    ///   - room: of ``roomFloats(patches:)``.
    func apply(
        _ cells: UnsafePointer<Float>, patches: Int, into out: UnsafeMutablePointer<Float>,
        in room: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        var source = cells
        var (target, other) = (room, room + roomFloats(patches: patches) / 2)
        var count = patches
        for kernel in kernels.dropFirst() { count *= kernel * kernel }
        for (stage, layer) in layers.enumerated() {
            let isLast = stage == layers.count - 1
            layer.apply(
                source, rows: count, isLast ? nil : Self.activation, into: isLast ? out : target, scratch: scratch)
            guard !isLast else { return }
            source = UnsafePointer(target)
            swap(&target, &other)
            count /= kernels[stage + 1] * kernels[stage + 1]
        }
    }

    /// Writes the patches of an image of that size: of each its cells in the order in which they are joined, of each cell
    /// channel, row, column.
    ///
    /// - Parameter grid: patches along a side.
    func cut(
        _ image: VisionInput, size: Int, grid: Int, into rows: UnsafeMutablePointer<Float>
    ) {
        let kernel = kernels[0]
        let area = kernel * kernel
        image.withRows(side: size) { row in
            for patch in 0..<grid * grid {
                var target = rows + patch * patchValues
                let (top, left) = (patch / grid * side, patch % grid * side)
                for place in places {
                    for channel in 0..<3 {
                        for y in 0..<kernel {
                            row(channel, top + place.row + y, left + place.column, kernel, target + y * kernel)
                        }
                        target += area
                    }
                }
            }
        }
    }

    private static func places(side: Int, kernels: [Int]) -> [(row: Int, column: Int)] {
        var places = [(row: 0, column: 0)]
        var extent = side
        for kernel in kernels.dropFirst().reversed() {
            extent /= kernel
            places = places.flatMap { place in
                (0..<kernel * kernel).map { cell in
                    (place.row + cell / kernel * extent, place.column + cell % kernel * extent)
                }
            }
        }
        return places
    }
}
