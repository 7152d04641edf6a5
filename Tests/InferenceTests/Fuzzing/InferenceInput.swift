import Foundation

@testable import Inference

/// Bytes from outside that Inference reads. Whatever they are, ``read(_:)`` comes back: a trap, a read out of bounds and time or memory
/// without end are findings. Called by `scripts/fuzz` with what it makes up, and by a test with the corpora.
enum InferenceInput: String, CaseIterable {
    case jpeg, png, webp, gif, tiff, bmp, avif
    case safetensors, checkpoint, pickle
    case openclip, transformers, processor
    case tokenizer, vocabulary, merges, added
    case json

    func read(_ bytes: [UInt8]) {
        switch self {
        case .jpeg, .png, .webp, .gif, .tiff, .bmp, .avif: Self.picture(bytes)
        case .safetensors: bytes.withUnsafeBytes { _ = try? SafetensorsHeader($0, path: "file") }
        case .checkpoint: Self.checkpoint(bytes)
        case .pickle:
            bytes.withUnsafeBytes { bytes in
                _ = try? StateDict(PickleReader.read(bytes) { Int($0).map { 0..<16 << ($0 & 3) } })
            }
        case .openclip: Self.model(["open_clip_config.json": bytes])
        case .transformers: Self.model(["config.json": bytes])
        case .processor: Self.model(["config.json": Self.configuration, "processor_config.json": bytes])
        case .tokenizer: Self.texts(["tokenizer.json": bytes])
        case .vocabulary: Self.texts(["vocab.json": bytes, "merges.txt": Array("a b\n".utf8)])
        case .merges: Self.texts(["vocab.json": Array(#"{"a": 0, "b": 1}"#.utf8), "merges.txt": bytes])
        case .added: Self.texts(["tokenizer_config.json": bytes, "vocab.json": Self.bareVocabulary, "merges.txt": []])
        case .json: _ = try? JSONReader.read(bytes)
        }
    }

    /// Of what is read the numbers too, which a view could seek in the wrong place.
    private static func checkpoint(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            guard let contents = try? CheckpointContents(bytes, path: "file") else { return }
            for (_, tensor) in contents.tensors {
                var count = 0
                tensor.forEachPiece(in: bytes) { (piece: UnsafeRawBufferPointer) in count += piece.count }
                precondition(count == tensor.size, "\(count) bytes of \(tensor.size)")
            }
        }
    }

    private static let configuration = Array(
        #"{"model_type": "clip", "vision_config": {}, "text_config": {"eos_token_id": 2}}"#.utf8)

    /// Every byte, inside and at the end of a word, and the special tokens.
    private static let bareVocabulary: [UInt8] = {
        let symbols = ByteSymbols.all.map { String($0) }
        let tokens = symbols + symbols.map { $0 + Vocabulary.endOfWord } + [Vocabulary.startToken, Vocabulary.endToken]
        let ids = Dictionary(uniqueKeysWithValues: tokens.enumerated().map { ($1, $0) })
        return (try? JSONEncoder().encode(ids)).map { [UInt8]($0) } ?? []
    }()

    private static func picture(_ bytes: [UInt8]) {
        let limits = DecodingLimits(maxPixels: 1_000_000, memory: ImageMemory(bytes: 16 << 20))
        _ = try? ImageDecoder.decode(bytes, named: "picture", limits: limits) {
            $0.resized(width: 32, height: 32, filter: .bicubic)
        }
    }

    private static func model(_ files: [String: [UInt8]]) {
        inFolder(files) { folder in
            guard let model = try? ModelDirectory(folder) else { return }
            _ = try? PreprocessConfiguration(json: [UInt8](model.preprocessJSON), named: "file")
        }
    }

    private static func texts(_ files: [String: [UInt8]]) {
        inFolder(files.merging(["config.json": configuration]) { given, _ in given }) { folder in
            for layout in TextLayout.allCases {
                let tokenizer = try? Tokenizer.load(
                    directory: folder, contextLength: 8, layout: layout, vocabularySize: 70_000)
                _ = tokenizer?.tokens("a Photo of <|endoftext|>  “cats” É e\u{301} &amp; 12")
            }
        }
        let settings = Array(#"{"pad_token": "<pad>", "eos_token": "<eos>", "sep_token": "<eos>"}"#.utf8)
        inFolder(files.merging(["tokenizer_config.json": settings]) { given, _ in given }) { folder in
            for cleaning in [TokenizerKind.Cleaning.canonicalize, .whitespace, .ownClass] {
                let tokenizer = try? Tokenizer.load(
                    directory: folder, contextLength: 8, layout: .openCLIP,
                    kind: .file(cleaning, blanksSeparators: true),
                    vocabularySize: 70_000)
                _ = tokenizer?.tokens("a Photo of <eos>  “cats” É e\u{301} 猫 🐱 &amp; 12")
            }
        }
    }

    private static func inFolder(_ files: [String: [UInt8]], _ body: (String) -> Void) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("entente-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, bytes) in files {
            _ = FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: Data(bytes))
        }
        body(folder)
    }
}
