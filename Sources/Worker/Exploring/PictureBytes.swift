/// What of an image is handed out as bytes.
enum PictureBytes: String, Sendable, CaseIterable {
    /// The picture, as large as it is asked for.
    case picture
    /// One part, with an ellipse around it and the rest gray and blurred.
    case prompted
    /// Which patches belong to which part.
    case masks
    /// What is left of MI, AUC and p without some of the concepts.
    case toggle
    /// What the model saw of the picture, with the map of a text over it.
    case map
}
