extension MethodParameters {
    /// What a part method is called in reports and tables: its name; `kmeans@naclip` when it works on a dense method's features;
    /// `kmeans+naclip` when its parts are read by a single pass of one; `kmeans@sc-clip+naclip` for both.
    public func key(of method: PartMethod) -> String {
        method.rawValue + (features.denseMethod.map { "@\($0.rawValue)" } ?? "")
            + (prompting.dense.map { "+\($0.rawValue)" } ?? "")
    }
}
