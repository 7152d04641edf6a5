extension MethodParameters {
    /// What a part method is called in reports and tables: its name; `kmeans@naclip` when it works on a dense method's features;
    /// `kmeans+naclip` when its parts are read by a single pass of one; `kmeans@sc-clip+naclip` for both. What is trained reads its
    /// parts by itself.
    public func key(of method: PartMethod) -> String {
        method.rawValue + (features.denseMethod.map { "@\($0.rawValue)" } ?? "")
            + (method.needsTraining ? "" : prompting.dense.map { "+\($0.rawValue)" } ?? "")
    }

    /// How often the vision encoder sees an image at most: once, once more for a second dense method, once for each prompted
    /// picture of each part, and once for each picture that it is judged by.
    public var passesPerImage: Int {
        guard let dense = prompting.dense else {
            let prompted = parts.by.count { !$0.needsTraining }
            return 1 + Prompting.variants * parts.count * prompted + evaluationPasses
        }
        return (features.denseMethod == nil || features.denseMethod == dense ? 1 : 2) + evaluationPasses
    }
}
