import Foundation

/// A model's files as model hubs serve them, with the configuration read and checked; the weights are not touched yet.
public struct ModelDirectory: Sendable {
    /// Whose conventions the files follow.
    public enum Layout: String, Sendable, CaseIterable {
        /// `open_clip_config.json` + `open_clip_model.safetensors`, or `open_clip_pytorch_model.bin`.
        case openClip = "open_clip"
        /// `config.json` + `model.safetensors`, or `pytorch_model.bin`, of a `CLIPModel`, and `preprocessor_config.json` or `processor_config.json`.
        case transformers
        /// `config.json` + `model.safetensors`, or `pytorch_model.bin`, of a timm vision trunk, without a text encoder.
        case timm

        var configurationName: String {
            switch self {
            case .openClip: "open_clip_config.json"
            case .transformers, .timm: "config.json"
            }
        }

        public var weightsNames: WeightsNames {
            switch self {
            case .openClip: .openClip
            case .transformers, .timm: .transformers
            }
        }

        func weightsName(where exists: (String) -> Bool) -> String {
            let names = weightsNames
            return !exists(names.safetensors) && exists(names.pickled) ? names.pickled : names.safetensors
        }

        /// Files beside the configuration that decide how pictures are prepared, where there are such.
        var preprocessingNames: [String] {
            switch self {
            case .openClip, .timm: []
            case .transformers: ["preprocessor_config.json", "processor_config.json"]
            }
        }

        /// Files beside the vocabulary that may decide how rows of tokens are filled.
        private static let conventionNames = ["added_tokens.json", "tokenizer_config.json", "special_tokens_map.json"]

        /// The files that make a model what it is, the configuration itself first; those that are optional only if they
        /// exist.
        ///
        /// - Parameter tokenizer: nil while the configuration is not known: then what any might need.
        public func names(
            for tokenizer: TokenizerKind? = nil, where exists: (String) -> Bool
        ) -> (weights: String, configuration: [String], tokenizer: [String]) {
            let (pair, whole) = (["vocab.json", "merges.txt"], ["tokenizer.json"])
            let conventions = Self.conventionNames
            var tokens: [String]
            switch (self, tokenizer) {
            case (_, .file): tokens = whole + conventions
            case (.openClip, .clip), (.timm, _): tokens = pair.allSatisfy(exists) ? pair : whole
            case (.openClip, nil): tokens = pair.allSatisfy(exists) ? pair : whole + conventions
            case (.transformers, _): tokens = (whole.allSatisfy(exists) ? whole : pair) + conventions
            }
            tokens.removeAll { !exists($0) }
            return (weightsName(where: exists), [configurationName] + preprocessingNames.filter(exists), tokens)
        }

        /// nil for a layout that knows no text encoder.
        public var text: TextLayout? {
            switch self {
            case .openClip: .openCLIP
            case .transformers: .transformers
            case .timm: nil
            }
        }
    }

    /// The directory as it was given.
    public let path: String
    public let layout: Layout
    public let configuration: ModelConfiguration
    /// The `preprocess_cfg` object as JSON; `{}` if the file has none.
    public let preprocessJSON: Data

    public var configurationPath: String { "\(path)/\(layout.configurationName)" }
    /// The file of the weights, whichever form they are in.
    public let weightsPath: String
    /// Whether ``weightsPath`` is a ``Checkpoint``, which has to be converted before a model is made of it.
    public var hasPickledWeights: Bool { weightsPath == "\(path)/\(layout.weightsNames.pickled)" }

    /// - Throws: ``InferenceError/Code/unreadableFile``, or ``InferenceError/Code/modelConfiguration`` naming the
    ///   field that is missing, contradictory or not implemented.
    public init(_ path: String) throws(InferenceError) {
        self.path = path
        layout = try Self.layout(of: path)
        weightsPath =
            "\(path)/\(layout.weightsName { FileManager.default.fileExists(atPath: "\(path)/\($0)") })"
        let file = "\(path)/\(layout.configurationName)"
        let value = try ConfigurationValue(file: file)
        guard case .object(let sections) = value else {
            throw InferenceError(.modelConfiguration, "\(file): not a JSON object")
        }
        let preprocess: ConfigurationValue
        switch layout {
        case .openClip:
            // open_clip reads these two sections and no other.
            configuration = try ModelConfiguration(openClip: sections["model_cfg"], file: file)
            let given = sections["preprocess_cfg"] ?? .null
            preprocess = given == .null ? .object([:]) : given
        case .transformers:
            configuration = try ModelConfiguration(transformers: value, file: file)
            var family = TransformersFamily.clip
            if case .string(let name)? = sections["model_type"] { family = TransformersFamily(rawValue: name) ?? .clip }
            preprocess = try Self.transformersPreprocessing(
                path, family, imageSize: configuration.vision.imageSize)
        case .timm:
            configuration = try ModelConfiguration(timm: value, file: file)
            preprocess = try Self.timmPreprocessing(sections["pretrained_cfg"], file: file)
        }
        guard case .object = preprocess, let data = try? JSONEncoder().encode(preprocess) else {
            throw InferenceError(.modelConfiguration, "\(file): preprocess_cfg is \(preprocess), not an object")
        }
        preprocessJSON = data
    }

    /// Dtypes and shapes of the weights, whichever form they are in; no value is read.
    ///
    /// - Throws: ``InferenceError/Code/unreadableFile``, or ``InferenceError/Code/modelTensor`` for a damaged file.
    public var tensors: [Safetensors.Description] {
        get throws(InferenceError) {
            if hasPickledWeights { return try Checkpoint(path: weightsPath).descriptions }
            let weights = try Safetensors(path: weightsPath)
            return weights.names.compactMap { weights[$0] }
        }
    }

    /// The files that make a model what it is; those that are optional only if they are there. Looks at names, and at the
    /// configuration for the kind of tokenizer.
    ///
    /// - Throws: ``InferenceError/Code/unreadableFile`` for a directory without a configuration.
    public static func files(
        of path: String
    ) throws(InferenceError) -> (weights: String, configuration: [String], tokenizer: [String]) {
        let layout = try layout(of: path)
        func full(_ name: String) -> String { "\(path)/\(name)" }
        // What is wrong with a configuration is said where it is opened; till then its vocabulary is taken for CLIP's.
        let kind = (try? ModelDirectory(path))?.configuration.text?.tokenizer ?? .clip
        let names = layout.names(for: kind) { FileManager.default.fileExists(atPath: full($0)) }
        return (full(names.weights), names.configuration.map(full), names.tokenizer.map(full))
    }

    /// Whether a directory has a configuration of a known layout.
    public static func holdsModel(_ path: String) -> Bool {
        Layout.allCases.contains { FileManager.default.fileExists(atPath: "\(path)/\($0.configurationName)") }
    }

    /// Whose conventions the files of a directory follow.
    ///
    /// - Throws: ``InferenceError/Code/unreadableFile`` for a directory without a configuration.
    public static func layout(of path: String) throws(InferenceError) -> Layout {
        let files = FileManager.default
        for layout in Layout.allCases where files.fileExists(atPath: "\(path)/\(layout.configurationName)") {
            // Two libraries call their file alike.
            return layout == .transformers && isTimm("\(path)/\(layout.configurationName)") ? .timm : layout
        }
        throw InferenceError(
            .unreadableFile, "\(path): no model directory: it holds no open_clip_config.json and no config.json")
    }
}
