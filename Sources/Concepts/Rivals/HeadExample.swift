import Inference

/// A picture that a head is trained on.
public struct HeadExample: Sendable {
    /// `[n, d]`, as the frozen encoder gave them.
    public let features: Matrix
    public let label: Int
    /// Its place in the batch, which is what its noise is drawn by.
    public let place: Int

    public init(features: Matrix, label: Int, place: Int) {
        self.features = features
        self.label = label
        self.place = place
    }
}
