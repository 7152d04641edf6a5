/// What a drawing is asked for by.
struct PictureAddress: Sendable, Hashable {
    let name: PictureName
    /// Pixels of the longer side at most.
    let side: Int
    /// Its name.
    let drawing: String
    /// Part method of all but whole pictures.
    let method: String?
}
