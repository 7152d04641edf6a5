import Inference

extension Analysis {
    /// Whether the classes are told by what they are told by in `base` and by further descriptors, in the same words (docs/descriptors.md
    /// §4): each list begins with that of `base`, and at least one is longer. What else is found of an image may differ, what decides
    /// the prediction may not.
    public func augments(_ base: Analysis) -> Bool {
        guard model == base.model, classes == base.classes, method.image == base.method.image,
            method.precision == base.method.precision, smoothing == base.smoothing,
            case .descriptors(let own, let wording)? = base.classifier, base.classifierProblem == nil,
            case .descriptors(let more, wording)? = classifier, classifierProblem == nil
        else { return false }
        return zip(own, more).allSatisfy { own, more in
            own.count <= more.count && zip(own, more).allSatisfy { base.descriptors[$0] == descriptors[$1] }
        } && own.joined().count < more.joined().count
    }

    /// The same under another method, as this build would compute it.
    public func under(_ method: MethodParameters) -> Analysis {
        Analysis(
            model: model, classes: classes, descriptors: descriptors, templates: templates, classifier: classifier,
            descriptorTemplate: descriptorTemplate, method: method,
            explainers: Dictionary(
                uniqueKeysWithValues: (explainers ?? [:]).compactMap { name, hash in
                    PartMethod(rawValue: name).map { ($0, hash) }
                }), smoothing: method.precision == .int8 ? smoothing : nil)
    }
}
