import Inference

/// What trained heads look at in an image, and which they are.
public struct TrainedSight: Sendable {
    /// In the order of ``MethodParameters/Parts/by``.
    public let heads: [TrainedHead]
    /// `[n, d]`.
    public let features: Matrix
    public let grid: PatchGrid

    public init(heads: [TrainedHead], features: Matrix, grid: PatchGrid) {
        precondition(
            features.rows == grid.height * grid.width,
            "\(features.rows) rows of features for a grid of \(grid.height)×\(grid.width) patches")
        self.heads = heads
        self.features = features
        self.grid = grid
    }
}
