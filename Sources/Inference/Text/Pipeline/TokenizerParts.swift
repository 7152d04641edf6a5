/// The steps of a `tokenizer.json`, told apart by their types.
enum TokenizerParts {
    private static func members(_ value: ConfigurationValue) -> [String: ConfigurationValue] {
        if case .object(let members) = value { members } else { [:] }
    }

    private static func text(_ value: ConfigurationValue?) -> String? {
        if case .string(let text)? = value { text } else { nil }
    }

    private static func refusal(_ path: String, _ part: String, _ what: String) -> InferenceError {
        InferenceError(.tokenizer, "\(path): \(part) \(what), which is not read here; another tokenizer is needed")
    }

    /// What it is, in a message: its type, or the value.
    private static func name(_ step: ConfigurationValue) -> String {
        text(members(step)["type"]).map { "has a \($0)" } ?? "is \(step)"
    }

    /// Sequences resolved.
    private static func steps(_ value: ConfigurationValue, _ key: String) -> [ConfigurationValue] {
        guard value != .null else { return [] }
        let fields = members(value)
        guard fields["type"] == .string("Sequence"), case .array(let inner)? = fields[key] else { return [value] }
        return inner.flatMap { steps($0, key) }
    }

    static func normalizer(_ value: ConfigurationValue, path: String) throws(InferenceError) -> [TextNormalizer.Step] {
        var result: [TextNormalizer.Step] = []
        for step in steps(value, "normalizers") {
            let fields = members(step)
            func flag(_ name: String, default standard: Bool) -> Bool {
                if case .boolean(let value)? = fields[name] { value } else { standard }
            }
            switch text(fields["type"]) {
            case "NFC": result.append(.compose)
            case "Lowercase": result.append(.lowercase)
            case "Precompiled":
                guard let encoded = text(fields["precompiled_charsmap"]), let map = CharacterMap(base64: encoded) else {
                    throw InferenceError(
                        .tokenizer,
                        "\(path): normalizer.precompiled_charsmap is no base64 of a table and its replacements; fetch the file again"
                    )
                }
                result.append(.map(map))
            case "Strip":
                result.append(
                    .strip(left: flag("strip_left", default: true), right: flag("strip_right", default: true)))
            case "Prepend": result.append(.prepend(Array((text(fields["prepend"]) ?? "").unicodeScalars)))
            case "Replace":
                guard let content = text(fields["content"]) else { fallthrough }
                let (pattern, replacement) = (members(fields["pattern"] ?? .null), Array(content.unicodeScalars))
                if let literal = text(pattern["String"]), !literal.isEmpty {
                    result.append(.replace(Array(literal.unicodeScalars), replacement))
                } else if text(pattern["Regex"]) == " {2,}" {
                    result.append(.replaceSpaces(replacement))
                } else if text(pattern["Regex"]) == "\\s+", content == " " {
                    result.append(.collapseSpace)
                } else {
                    throw refusal(path, "normalizer", "has a Replace of \(fields["pattern"] ?? .null)")
                }
            case "BertNormalizer":
                let lowers = flag("lowercase", default: true)
                // Unless told otherwise, who lowers the case takes accents away.
                result.append(
                    .bert(
                        cleans: flag("clean_text", default: true),
                        spacesIdeographs: flag("handle_chinese_chars", default: true),
                        stripsAccents: flag("strip_accents", default: lowers), lowers: lowers))
            default: throw refusal(path, "normalizer", name(step))
            }
        }
        // Steps that each make a text longer would make a short one fill the memory.
        guard result.reduce(1.0, { $0 * $1.growth }) <= 4096 else {
            throw refusal(path, "normalizer", "has steps that together may make a text more than 4096 times as long")
        }
        return result
    }

    static func cuts(_ value: ConfigurationValue, path: String) throws(InferenceError) -> [WordCut] {
        var result: [WordCut] = []
        for step in steps(value, "pretokenizers") {
            let fields = members(step)
            switch text(fields["type"]) {
            case "WhitespaceSplit": result.append(.whitespace)
            case "BertPreTokenizer": result.append(.punctuation)
            case "Metaspace":
                let mark = Array((text(fields["replacement"]) ?? "▁").unicodeScalars)
                // Older files say only whether.
                let older: WordCut.Prepending = fields["add_prefix_space"] == .boolean(false) ? .never : .always
                let named = text(fields["prepend_scheme"])
                guard mark.count == 1, let prepends = named.map({ WordCut.Prepending(rawValue: $0) }) ?? older else {
                    throw refusal(path, "pre_tokenizer", name(step) + " of \(fields["prepend_scheme"] ?? .null)")
                }
                result.append(
                    .marked(mark[0], prepends: prepends, splits: fields["split"] != .boolean(false)))
            case "Split":
                let behavior = text(fields["behavior"])
                guard members(fields["pattern"] ?? .null) == ["String": .string(" ")],
                    fields["invert"] != .boolean(true),
                    behavior == "MergedWithPrevious" || behavior == "MergedWithNext"
                else {
                    throw refusal(
                        path, "pre_tokenizer",
                        "has a Split other than at spaces that go with the word before or behind")
                }
                result.append(.spaces(mergedWithNext: behavior == "MergedWithNext"))
            default: throw refusal(path, "pre_tokenizer", name(step))
            }
        }
        return result
    }

    /// Ids before and behind a text; nil without a processor.
    static func frame(
        _ value: ConfigurationValue, path: String
    ) throws(InferenceError) -> (opening: [Int32], closing: [Int32])? {
        guard value != .null else { return nil }
        let fields = members(value)
        guard fields["type"] == .string("TemplateProcessing"), case .array(let template)? = fields["single"] else {
            throw refusal(path, "post_processor", name(value))
        }
        let known = members(fields["special_tokens"] ?? .null)
        var (opening, closing, isBehind): ([Int32], [Int32], Bool) = ([], [], false)
        for part in template {
            let part = members(part)
            if part["Sequence"] != nil, !isBehind {
                isBehind = true
                continue
            }
            guard let token = text(members(part["SpecialToken"] ?? .null)["id"]),
                case .array(let values)? = members(known[token] ?? .null)["ids"]
            else { throw refusal(path, "post_processor", "has a part \(ConfigurationValue.object(part))") }
            for value in values {
                guard case .integer(let number) = value, let id = Int32(exactly: number), id >= 0 else {
                    throw refusal(path, "post_processor", "has the id \(value)")
                }
                if isBehind { closing.append(id) } else { opening.append(id) }
            }
        }
        guard isBehind else { throw refusal(path, "post_processor", "has no place for the text") }
        return (opening, closing)
    }
}
