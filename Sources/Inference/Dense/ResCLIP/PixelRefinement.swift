import CKernels

/// Pixel-adaptive mask refinement (Araslanov and Roth, CVPR 2020): maps flow along what is alike in the picture.
struct PixelRefinement {
    /// Maps refined together, as the kernel has it.
    static let maps = 16
    private static let iterations = 10
    private static let distances = [8, 16]

    let side: Int
    /// `[side, side, 16]`.
    private let weights: [Float]
    private let kernels: entente_kernels

    /// - Parameter planes: `[3, side, side]`, normalised as the encoder takes them.
    init(planes: [Float], side: Int, kernels: entente_kernels = RowKernels.current) {
        precondition(planes.count == 3 * side * side, "\(planes.count) pixel values for 3×\(side)×\(side)")
        self.side = side
        self.kernels = kernels
        weights = [Float](unsafeUninitializedCapacity: side * side * Self.maps) { out, initialized in
            if let base = out.baseAddress { kernels.affinity(planes, side, side, Self.distances, base) }
            initialized = side * side * Self.maps
        }
    }

    /// - Parameter map: `[side, side, 16]`.
    /// - Returns: the same shape.
    func refined(_ map: [Float]) -> [Float] {
        var (current, next) = (map, map)
        for _ in 0..<Self.iterations {
            next.withUnsafeMutableBufferPointer { next in
                if let base = next.baseAddress { kernels.mix(current, weights, side, side, Self.distances, base) }
            }
            swap(&current, &next)
        }
        return current
    }
}
