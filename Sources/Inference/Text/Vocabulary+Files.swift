import Foundation

extension Vocabulary {
    private static let tokensName = "vocab.json"
    private static let mergesName = "merges.txt"
    private static let tokenizerName = "tokenizer.json"
    /// Vocabulary files of other tokenizers, to be refused by name.
    private static let foreign = [
        "vocab.txt": "a WordPiece vocabulary", "spiece.model": "a SentencePiece model",
        "sentencepiece.bpe.model": "a SentencePiece model", "tokenizer.model": "a SentencePiece model",
    ]

    /// Reads the vocabulary of a model directory: `vocab.json` and `merges.txt` if both exist, else `tokenizer.json`.
    ///
    /// - Parameter size: Rows of the model's token embedding; nil: the ids must be dense.
    static func read(directory: String, size: Int?) throws(InferenceError) -> Vocabulary {
        let path = { (name: String) in URL(fileURLWithPath: directory).appendingPathComponent(name).path }
        let exists = { (name: String) in FileManager.default.fileExists(atPath: path(name)) }
        if exists(tokensName) && exists(mergesName) {
            return try Vocabulary(
                ids: ids(path: path(tokensName)), merges: merges(path: path(mergesName)),
                files: [tokensName, mergesName], tokensFile: path(tokensName), mergesFile: path(mergesName), size: size)
        }
        if exists(tokenizerName) {
            return try TokenizerJSON.vocabulary(path: path(tokenizerName), name: tokenizerName, size: size)
        }
        for (present, missing) in [(tokensName, mergesName), (mergesName, tokensName)] where exists(present) {
            throw InferenceError(
                .tokenizer, "\(directory) has \(present) but no \(missing); a byte-pair vocabulary needs both files")
        }
        let needed = "\(tokensName) and \(mergesName), or a CLIP-style \(tokenizerName)"
        for (name, kind) in foreign.sorted(by: { $0.key < $1.key }) where exists(name) {
            throw InferenceError(
                .tokenizer, "\(path(name)) is \(kind), which is not read here; texts need CLIP's \(needed)")
        }
        throw InferenceError(.tokenizer, "\(directory) has no vocabulary; texts need \(needed) there")
    }

    /// Reads the vocabulary and the rules for texts of a model directory of the transformers layout: `tokenizer.json` where
    /// there is one, as the library does, else `vocab.json` and `merges.txt`.
    ///
    /// - Parameter size: Rows of the model's token embedding; nil: the ids must be dense.
    static func readOwn(directory: String, size: Int?) throws(InferenceError) -> (Vocabulary, OwnTextRules) {
        let path = { (name: String) in URL(fileURLWithPath: directory).appendingPathComponent(name).path }
        let exists = { (name: String) in FileManager.default.fileExists(atPath: path(name)) }
        func optional(_ name: String) throws(InferenceError) -> ConfigurationValue? {
            exists(name) ? try JSONFile.read(ConfigurationValue.self, path: path(name), code: .tokenizer) : nil
        }
        let (configuration, map) = (try optional("tokenizer_config.json"), try optional("special_tokens_map.json"))
        var ids: [String: Double]
        let merges: [(left: String, right: String)]
        var (normalizer, cutsSpecials, listed) = (TextNormalizer.clip, true, [AddedToken]())
        var names = [tokenizerName]
        if exists(tokenizerName) {
            let file = path(tokenizerName)
            let json = try TokenizerJSON.read(path: file)
            (ids, merges) = (json.model.vocab, try json.merges(path: file))
            normalizer = try json.textNormalizer(path: file)
            cutsSpecials = try json.cutsSpecials(path: file)
            listed = try json.listedTokens(path: file)
        } else if exists(tokensName) && exists(mergesName) {
            (ids, merges) = (try self.ids(path: path(tokensName)), try self.merges(path: path(mergesName)))
            names = [tokensName, mergesName]
        } else {
            // Says what is missing.
            _ = try read(directory: directory, size: size)
            throw InferenceError(.tokenizer, "\(directory) has no vocabulary")
        }
        let added = try OwnTextRules.gather(
            listed, ids: &ids, directory: directory, configuration: configuration, map: map)
        let vocabulary = try Vocabulary(
            ids: ids, merges: merges, files: names + [OwnTextRules.addedTokensName].filter(exists),
            tokensFile: path(names[0]), mergesFile: path(names[names.count - 1]), size: size)
        return (vocabulary, OwnTextRules(normalizer: normalizer, cutsSpecials: cutsSpecials, added: added))
    }

    /// `vocab.json`: an object from token to id.
    private static func ids(path: String) throws(InferenceError) -> [String: Double] {
        try JSONFile.read([String: Double].self, path: path, code: .tokenizer)
    }

    /// `merges.txt`: one merge a line, its two parts separated by white space, behind an optional `#version` line.
    private static func merges(path: String) throws(InferenceError) -> [(left: String, right: String)] {
        let data = try JSONFile.contents(path: path)
        guard let text = String(validating: data, as: UTF8.self) else {
            throw InferenceError(.tokenizer, "\(path) is not UTF-8 text; CLIP's list of merges is needed")
        }
        // By bytes: to Swift, a carriage return and the line feed behind it are one character.
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        while let last = lines.last, last.allSatisfy({ $0 == UInt8(ascii: "\r") }) { lines.removeLast() }
        var result: [(left: String, right: String)] = []
        result.reserveCapacity(lines.count)
        for (number, line) in lines.enumerated() {
            // The original file has `"bpe_simple_vocab_16e6.txt#version: 0.2` there.
            if number == 0, Substring(line).contains("#version:") { continue }
            let parts = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            guard parts.count == 2 else {
                throw InferenceError(
                    .tokenizer,
                    "\(path), line \(number + 1): \(quoted(String(Substring(line)))) is no merge; a merge is two"
                        + " tokens separated by a space")
            }
            result.append((String(Substring(parts[0])), String(Substring(parts[1]))))
        }
        return result
    }
}
