/// What a drawing is asked for by.
struct PictureAddress: Sendable, Hashable {
    let name: PictureName
    /// Pixels of the longer side at most.
    let side: Int
    let drawing: PictureOrder.Drawing
    /// Part method of all but whole pictures.
    let method: String?
}
