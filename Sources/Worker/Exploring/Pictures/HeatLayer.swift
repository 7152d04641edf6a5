import Inference

/// Values over what of a picture the model saw.
struct HeatLayer: Sendable, Hashable {
    let frame: PictureFrame
    /// Patches a side.
    let side: Int
    /// `[side, side]`, 0…1; none: the picture alone.
    let values: [Float]
}
