extension MethodParameters {
    /// A value that a method can't have.
    public struct Problem: Sendable, Hashable {
        /// Where it stands in an analysis file, such as `method.parts.count`.
        public let keyPath: String
        /// One sentence that names key and value and says what is accepted.
        public let sentence: String

        public init(keyPath: String, sentence: String) {
            self.keyPath = keyPath
            self.sentence = sentence
        }
    }

    /// Every value outside its range, in the order of the keys.
    public var rangeProblems: [Problem] {
        var problems = [Problem]()
        func check(_ isFine: Bool, _ key: String, _ value: some Any, _ accepted: String) {
            guard !isFine else { return }
            problems.append(
                Problem(keyPath: "method.\(key)", sentence: "method.\(key) is \(value); it must be \(accepted)."))
        }
        if let crf = foreground.crf {
            let weights = [crf.weights.appearance, crf.weights.smoothness]
            check(
                weights.allSatisfy { 0...10_000 ~= $0 }, "foreground.crf.weights", weights,
                "two numbers from 0 to 10000")
            // Below a pixel or a level there is nothing to tell apart, and a lattice's coordinates would outgrow 16 bits.
            for (name, width) in [("xy", crf.widths.xy), ("rgb", crf.widths.rgb), ("spatial", crf.widths.spatial)] {
                check(1...1000 ~= width, "foreground.crf.widths.\(name)", width, "from 1 to 1000")
            }
            check(1...100 ~= crf.iterations, "foreground.crf.iterations", crf.iterations, "from 1 to 100")
        }
        let methods = parts.by.map(\.rawValue)
        check(
            findsParts || decomposition == .image, "decomposition", decomposition.rawValue,
            "image where method.parts.by is [], since nothing is decomposed")
        check(Set(methods).count == methods.count, "parts.by", methods, "a list without repetitions")
        // A concept's parts are kept as the bits of a signed 64-bit integer.
        check(1...63 ~= parts.count, "parts.count", parts.count, "from 1 to 63")
        check(1...32 ~= prompting.thickness, "prompting.thickness", prompting.thickness, "from 1 to 32")
        check(
            1...101 ~= prompting.blur && !prompting.blur.isMultiple(of: 2), "prompting.blur", prompting.blur,
            "odd, from 1 to 101")
        check(retrieval.candidates >= 1, "retrieval.candidates", retrieval.candidates, "at least 1")
        check(retrieval.perPart >= 1, "retrieval.per_part", retrieval.perPart, "at least 1")
        check(retrieval.offset.isFinite, "retrieval.offset", retrieval.offset, "a finite number")
        if let transport = retrieval.transport {
            check(
                transport.lambda.isFinite && transport.lambda > 0, "retrieval.transport.lambda", transport.lambda,
                "a finite number above 0")
            check(
                transport.iterations >= 1, "retrieval.transport.iterations", transport.iterations, "at least 1")
        }
        let dense = [("features", features.denseMethod), ("prompting", prompting.dense)]
        for case (let key, let method?) in dense where precision != .fp32 {
            check(
                false, "precision", precision.rawValue,
                "fp32 where method.\(key) asks for \(method.rawValue), since dense methods compute in nothing else")
            break
        }
        check(
            precision == .fp32 || !findsParts || evaluation != nil || !parts.by.allSatisfy(\.needsTraining),
            "precision", precision.rawValue,
            "fp32 where method.parts.by names trained heads alone and nothing is judged, since no picture would be narrowed"
        )
        check(language.count >= 1, "language.count", language.count, "at least 1")
        return problems + (evaluation?.rangeProblems ?? [])
    }
}
