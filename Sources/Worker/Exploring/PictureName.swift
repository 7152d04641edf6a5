/// An image of an analysis.
struct PictureName: Sendable, Hashable {
    let analysis: String
    let image: String
}
