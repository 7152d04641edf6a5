import Concepts
import Inference
import Yams

/// The `method` mapping of an analysis file.
enum MethodReader {
    /// Reads what is there over the defaults; problems go to `reader`, each with the line of its value, or of what
    /// encloses it if it is left out.
    static func read(_ node: Node?, into reader: inout YAMLReader) -> MethodParameters {
        var method = MethodParameters()
        var lines: [String: Int] = [:]
        lines["method"] = node?.mark?.line

        func members(_ node: Node?, _ path: String, _ known: [String]) -> [String: Node] {
            guard let node else { return [:] }
            let members = reader.members(node, path: path, known: known)
            for (key, value) in members { lines[path + key] = value.mark?.line }
            return members
        }

        let top = members(
            node, "method.",
            [
                "decomposition", "image", "precision", "features", "foreground", "parts", "prompting", "retrieval",
                "language",
            ])
        reader.choice(top["decomposition"], "method.decomposition", into: &method.decomposition)
        reader.choice(top["image"], "method.image", into: &method.image)
        reader.choice(top["precision"], "method.precision", into: &method.precision)
        if let features = top["features"], case .mapping = features {
            let fields = members(features, "method.features.", ["dense"])
            if let dense = reader.choice(
                fields["dense"], "method.features.dense", within: features, as: DenseMethod.self)
            {
                method.features = .dense(dense)
            }
        } else {
            reader.choice(top["features"], "method.features", into: &method.features)
        }

        let foreground = members(top["foreground"], "method.foreground.", ["by", "threshold", "crf"])
        reader.choice(foreground["by"], "method.foreground.by", into: &method.foreground.by)
        reader.choice(foreground["threshold"], "method.foreground.threshold", into: &method.foreground.threshold)
        if case .mapping? = foreground["crf"] {
            let path = "method.foreground.crf."
            let fields = members(foreground["crf"], path, crfKeys)
            let widths = members(fields["widths"], path + "widths.", ["xy", "rgb", "spatial"])
            method.foreground.crf = crf(fields, widths, &reader)
        } else {
            var isRefined = true
            let keys = crfKeys.map { "`\($0)`" }.joined(separator: ", ")
            reader.boolean(
                foreground["crf"], "method.foreground.crf", or: "a mapping of \(keys)", into: &isRefined)
            if !isRefined { method.foreground.crf = nil }
        }

        let parts = members(top["parts"], "method.parts.", ["by", "count", "seed", "signs"])
        reader.choices(parts["by"], "method.parts.by", into: &method.parts.by)
        reader.integer(parts["count"], "method.parts.count", into: &method.parts.count)
        reader.integer(parts["seed"], "method.parts.seed", into: &method.parts.seed)
        reader.choice(parts["signs"], "method.parts.signs", into: &method.parts.signs)

        let prompting = members(
            top["prompting"], "method.prompting.", ["mode", "dense", "thickness", "blur", "ellipse"])
        read(prompting, into: &method.prompting, &reader)

        let retrieval = members(
            top["retrieval"], "method.retrieval.", ["candidates", "per_part", "relevance", "offset", "transport"])
        reader.integer(retrieval["candidates"], "method.retrieval.candidates", into: &method.retrieval.candidates)
        reader.integer(retrieval["per_part"], "method.retrieval.per_part", into: &method.retrieval.perPart)
        reader.choice(retrieval["relevance"], "method.retrieval.relevance", into: &method.retrieval.relevance)
        reader.number(retrieval["offset"], "method.retrieval.offset", into: &method.retrieval.offset)
        if case .scalar(let word) = retrieval["transport"], word.string == "off" {
            method.retrieval.transport = nil
        } else {
            let fields = members(retrieval["transport"], "method.retrieval.transport.", ["lambda", "iterations"])
            var transport = MethodParameters.Retrieval.Transport()
            reader.number(fields["lambda"], "method.retrieval.transport.lambda", into: &transport.lambda)
            reader.integer(fields["iterations"], "method.retrieval.transport.iterations", into: &transport.iterations)
            method.retrieval.transport = transport
        }

        let language = members(top["language"], "method.language.", ["class", "count"])
        reader.choice(language["class"], "method.language.class", into: &method.language.class)
        reader.integer(language["count"], "method.language.count", into: &method.language.count)

        if !method.findsParts, !reader.hasReported("method.parts.by") {
            let idle =
                ["features", "foreground", "prompting", "retrieval"].map { ("method.\($0)", top[$0]) }
                + ["count", "seed", "signs"].map { ("method.parts.\($0)", parts[$0]) }
                + [("method.language.class", language["class"])]
            for case (let key, let node?) in idle {
                reader.report("`\(key)` does nothing where `method.parts.by` is []; leave it out.", at: node)
            }
        }
        // A value that could not be read has its problem already; what stands in for it is nobody's choice.
        for problem in method.rangeProblems where !reader.hasReported(problem.keyPath) {
            reader.report(problem.sentence, line: line(of: problem.keyPath, in: lines))
        }
        return method
    }

    private static let crfKeys = ["weights", "widths", "iterations", "spatial"]

    private static func crf(
        _ fields: [String: Node], _ widths: [String: Node], _ reader: inout YAMLReader
    ) -> MethodParameters.CRF {
        let path = "method.foreground.crf."
        var crf = MethodParameters.CRF()
        if let weights = reader.numbers(fields["weights"], path + "weights", count: 2) {
            (crf.weights.appearance, crf.weights.smoothness) = (weights[0], weights[1])
        }
        reader.number(widths["xy"], path + "widths.xy", into: &crf.widths.xy)
        reader.number(widths["rgb"], path + "widths.rgb", into: &crf.widths.rgb)
        reader.number(widths["spatial"], path + "widths.spatial", into: &crf.widths.spatial)
        reader.integer(fields["iterations"], path + "iterations", into: &crf.iterations)
        reader.choice(fields["spatial"], path + "spatial", into: &crf.spatial)
        return crf
    }

    /// Of each mode its own values; those of the other are refused, since they would do nothing.
    private static func read(
        _ fields: [String: Node], into prompting: inout MethodParameters.Prompting, _ reader: inout YAMLReader
    ) {
        var mode = MethodParameters.Prompting.Mode.circles
        reader.choice(fields["mode"], "method.prompting.mode", into: &mode)
        func refuse(_ names: String..., with other: MethodParameters.Prompting.Mode) {
            for name in names where fields[name] != nil {
                reader.report(
                    "`method.prompting.\(name)` is for `mode: \(other.rawValue)`; leave it out, or change the mode.",
                    at: fields[name])
            }
        }
        switch mode {
        case .circles:
            reader.integer(fields["thickness"], "method.prompting.thickness", into: &prompting.thickness)
            reader.integer(fields["blur"], "method.prompting.blur", into: &prompting.blur)
            reader.choice(fields["ellipse"], "method.prompting.ellipse", into: &prompting.ellipse)
            if !reader.hasReported("method.prompting.mode") { refuse("dense", with: .singlePass) }
        case .singlePass:
            refuse("thickness", "blur", "ellipse", with: .circles)
            let dense = reader.choice(fields["dense"], "method.prompting.dense", as: DenseMethod.self)
            prompting.dense = dense ?? MethodParameters.Prompting.defaultDense
        }
    }

    /// The line of a value, or of the innermost mapping around it that is there.
    private static func line(of keyPath: String, in lines: [String: Int]) -> Int? {
        var path = keyPath[...]
        while true {
            if let line = lines[String(path)] { return line }
            guard let dot = path.lastIndex(of: ".") else { return nil }
            path = path[..<dot]
        }
    }

    /// What a YAML error says, without the document's text.
    static func reason(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        case .duplicatedKeysInMapping(let duplicates, _): "the key \(duplicates.joined(separator: ", ")) stands twice"
        default: "it can't be parsed"
        }
    }

    static func line(_ error: YamlError) -> Int? {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        case .duplicatedKeysInMapping(_, let context): context.mark.line
        default: nil
        }
    }
}
