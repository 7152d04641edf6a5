extension MethodParameters {
    /// How explanations are judged beside being made (docs/method.md §20). In an analysis file a mapping of its own, `evaluation`.
    public struct Evaluation: Sendable, Hashable, Codable {
        /// nil for none.
        public var faithfulness: Faithfulness?
        /// Whether the foreground is shown to the model by itself (docs/method.md §20.5).
        public var foreground = false
        public init() {}

        /// Whether there is nothing to judge: an analysis has no ``MethodParameters/evaluation`` then.
        public var isEmpty: Bool { faithfulness == nil && !foreground }

        /// Every value outside its range, in the order of the keys.
        public var rangeProblems: [Problem] {
            guard let faithfulness else { return [] }
            var problems = [Problem]()
            func check(_ isFine: Bool, _ key: String, _ value: some Any, _ accepted: String) {
                guard !isFine else { return }
                let path = "evaluation.faithfulness.\(key)"
                problems.append(Problem(keyPath: path, sentence: "\(path) is \(value); it must be \(accepted)."))
            }
            let metrics = faithfulness.metrics.map(\.rawValue)
            check(!metrics.isEmpty, "metrics", "[]", "a list of at least one metric")
            check(Set(metrics).count == metrics.count, "metrics", metrics, "a list without repetitions")
            for (key, side) in [("blur", faithfulness.blur), ("insertion_blur", faithfulness.insertionBlur)] {
                check(3...101 ~= side && !side.isMultiple(of: 2), key, side, "odd, from 3 to 101")
            }
            let nulls = faithfulness.nulls
            for (key, draws) in [("random_order", nulls.randomOrder), ("random_regions", nulls.randomRegions)] {
                check(0...100 ~= draws, "nulls.\(key)", draws, "from 0 to 100")
            }
            return problems
        }
    }

    /// How many pictures more the encoder sees of an image at most, since it is judged (docs/method.md §20.6).
    var evaluationPasses: Int {
        guard let evaluation else { return 0 }
        var passes = evaluation.foreground ? (foreground.crf == nil ? 2 : 3) : 0
        // The image itself, in what its blurred ones are encoded in.
        if precision != picturePrecision { passes += 1 }
        if let faithfulness = evaluation.faithfulness {
            let walks = 1 + faithfulness.nulls.randomOrder + faithfulness.nulls.randomRegions
            let ways = (faithfulness.isDeleting ? 1 : 0) + (faithfulness.isInserting ? 1 : 0)
            passes += walks * ways * parts.count * parts.by.count + (faithfulness.isInserting ? 1 : 0)
        }
        return passes
    }
}
