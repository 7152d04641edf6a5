extension Tokenizer {
    /// Reads the tokenizer of a model directory. CLIP's: `vocab.json` and `merges.txt`, else a CLIP-style `tokenizer.json`; in the
    /// transformers layout the latter comes first.
    ///
    /// - Parameters:
    ///   - directory: The model directory.
    ///   - contextLength: Length of a row: `text_cfg.context_length` of `open_clip_config.json`,
    ///     `text_config.max_position_embeddings` of `config.json`.
    ///   - layout: Whose padding and pooling apply. `.transformers` reads `config.json` and, where they exist,
    ///     `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json` too.
    ///   - kind: CLIP's, or another that a `tokenizer.json` describes.
    ///   - vocabularySize: Rows of the model's token embedding; every id must lie below. Without it the ids must be
    ///     dense: each of `0 ..< count` once.
    /// - Throws: An error of code `tokenizer` or `unreadableFile` that names file and entry. A directory that holds no
    ///   vocabulary at all is one of them: only who works on text needs to hear it.
    public static func load(
        directory: String, contextLength: Int, layout: TextLayout, kind: TokenizerKind = .clip,
        vocabularySize: Int? = nil
    ) throws(InferenceError) -> Tokenizer {
        if case .file(let cleaning, let blanksSeparators) = kind {
            return try pipeline(
                directory: directory, contextLength: contextLength, cleaning: cleaning,
                blanksSeparators: blanksSeparators, vocabularySize: vocabularySize)
        }
        guard contextLength >= 2 else {
            throw InferenceError(
                .modelConfiguration,
                "the text context length of \(directory) is \(contextLength), but start and end token need at least 2")
        }
        switch layout {
        case .openCLIP:
            return try Tokenizer(
                vocabulary: .read(directory: directory, size: vocabularySize), contextLength: contextLength,
                conventions: .openCLIP)
        case .transformers:
            let (vocabulary, rules) = try Vocabulary.readOwn(directory: directory, size: vocabularySize)
            return try Tokenizer(
                vocabulary: vocabulary, contextLength: contextLength,
                conventions: .transformers(directory: directory, vocabulary: vocabulary), rules: rules)
        }
    }
}
