import Foundation

extension Tokenizer {
    /// Reads a `tokenizer.json` and, where they exist, `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json`,
    /// which say what rows are filled with.
    ///
    /// - Parameter cleaning: what becomes of a text before.
    static func pipeline(
        directory: String, contextLength: Int, cleaning: TokenizerKind.Cleaning, blanksSeparators: Bool,
        vocabularySize: Int?
    ) throws(InferenceError) -> Tokenizer {
        let names = ["tokenizer_config.json", "special_tokens_map.json"]
        func path(_ name: String) -> String { "\(directory)/\(name)" }
        func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
        guard exists("tokenizer.json") else {
            throw InferenceError(
                .tokenizer,
                "\(directory) has no tokenizer.json, which this model's texts need; copy it there from the model's repository, or from the one that hf_tokenizer_name names"
            )
        }
        let file = try TokenizerFile(path: path("tokenizer.json"))
        var settings: [ConfigurationValue?] = []
        for name in names { settings.append(exists(name) ? try ConfigurationValue(file: path(name)) : nil) }
        var ids = try file.ids()
        let added = try OwnTextRules.gather(
            file.added, ids: &ids, directory: directory, configuration: settings[0], map: settings[1])
        let known = try Vocabulary.checkedIDs(ids, file: file.path, size: vocabularySize)
        var frame = try TokenFrame(
            file, ids: known, configuration: settings[0], map: settings[1], directory: directory)
        guard frame.opening.count + frame.closing.count < contextLength else {
            throw InferenceError(
                .modelConfiguration,
                "the text context length of \(directory) is \(contextLength), but \(frame.opening.count + frame.closing.count) tokens "
                    + "surround each text")
        }
        if blanksSeparators { frame.blankID = frame.separatorID }
        // What transformers' own classes do beside the file: SigLIP's deletes punctuation and marks the beginning of a text alone,
        // those of Gemma's kind lower the case.
        var (normalizer, cuts) = (file.normalizer, file.cuts)
        if cleaning == .ownClass {
            normalizer.insert(file.model.scored == nil ? .lowercase : .canonicalize, at: 0)
            if file.model.scored != nil { cuts = cuts.map(\.markingBeginning) }
        }
        let pipeline = TokenizerPipeline(
            cleaning: cleaning, normalizer: TextNormalizer(steps: normalizer), cuts: cuts,
            model: try file.wordModel(ids: known), added: added, size: Int(known.values.max() ?? -1) + 1)
        return Tokenizer(
            pipeline, frame: frame, contextLength: contextLength,
            files: ["tokenizer.json"] + (names + [OwnTextRules.addedTokensName]).filter(exists))
    }
}
