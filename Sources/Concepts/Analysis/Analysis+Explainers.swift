extension Analysis {
    /// The SHA-256 of the head's file; nil where none is named.
    public func explainer(_ method: PartMethod) -> String? { explainers?[method.rawValue] }

    /// Why the part methods and the trained heads do not belong together; nil if they do.
    public var explainerProblem: String? {
        let wanted = method.parts.by.filter(\.needsTraining)
        if let without = wanted.first(where: { explainer($0) == nil }) {
            return "method.parts.by names \(without.rawValue), which has to be trained, and there is no "
                + "explainers.\(without.rawValue); name the folder that entente train wrote."
        }
        let idle = (explainers ?? [:]).keys.sorted().first { name in !wanted.contains { $0.rawValue == name } }
        return idle.map {
            "explainers.\($0) is named, and method.parts.by does not have \($0); add it there, or leave the head out."
        }
    }
}
