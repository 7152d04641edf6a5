import Concepts

extension Analysis {
    /// The id this analysis would have without its model: equal for analyses that differ in nothing else, and that
    /// may therefore be compared. A classifier belongs to its model, as embeddings of texts do, and so do trained heads and what a
    /// calibration found.
    public var settingDigest: String {
        Analysis(
            model: ModelFingerprint(weights: "", configuration: "", tokenizer: ""), classes: classes,
            descriptors: descriptors, templates: templates, classifier: classifier?.withoutModel,
            descriptorTemplate: descriptorTemplate, method: method, smoothing: smoothing.map { _ in .ofModel },
            methodRevision: methodRevision
        ).id
    }
}
