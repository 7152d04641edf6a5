import Foundation

/// A model's files as model hubs serve them, with the configuration read and checked; the weights are not touched yet.
public struct ModelDirectory: Sendable {
    /// Whose conventions the files follow.
    public enum Layout: String, Sendable, CaseIterable {
        /// `open_clip_config.json` + `open_clip_model.safetensors`.
        case openClip = "open_clip"
        /// `config.json` + `model.safetensors` of a `CLIPModel`, and `preprocessor_config.json` or `processor_config.json`.
        case transformers
        /// `config.json` + `model.safetensors` of a timm vision trunk, without a text encoder.
        case timm

        var configurationName: String {
            switch self {
            case .openClip: "open_clip_config.json"
            case .transformers, .timm: "config.json"
            }
        }

        var weightsName: String {
            switch self {
            case .openClip: "open_clip_model.safetensors"
            case .transformers, .timm: "model.safetensors"
            }
        }

        var naming: TensorNaming {
            switch self {
            case .openClip: .openClip
            case .transformers: .transformers
            case .timm: .timm
            }
        }

        /// Files beside the configuration that decide how pictures are prepared, where there are such.
        var preprocessingNames: [String] {
            switch self {
            case .openClip, .timm: []
            case .transformers: ["preprocessor_config.json", "processor_config.json"]
            }
        }

        /// Files beside the vocabulary that decide how rows of tokens are filled, where there are such.
        var conventionNames: [String] {
            switch self {
            case .openClip, .timm: []
            case .transformers: ["added_tokens.json", "tokenizer_config.json", "special_tokens_map.json"]
            }
        }

        /// The files that make a model what it is, the configuration itself first; those that are optional only if they
        /// exist.
        public func names(
            where exists: (String) -> Bool
        ) -> (weights: String, configuration: [String], tokenizer: [String]) {
            let (pair, whole) = (["vocab.json", "merges.txt"], ["tokenizer.json"])
            let tokens =
                switch self {
                case .openClip, .timm: pair.allSatisfy(exists) ? pair : whole
                case .transformers: whole.allSatisfy(exists) ? whole : pair
                }
            return (
                weightsName, [configurationName] + preprocessingNames.filter(exists),
                (tokens + conventionNames).filter(exists)
            )
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
    public var weightsPath: String { "\(path)/\(layout.weightsName)" }

    /// - Throws: ``InferenceError/Code/unreadableFile``, or ``InferenceError/Code/modelConfiguration`` naming the
    ///   field that is missing, contradictory or not implemented.
    public init(_ path: String) throws(InferenceError) {
        self.path = path
        layout = try Self.layout(of: path)
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
            preprocess = try Self.transformersPreprocessing(path, imageSize: configuration.vision.imageSize)
        case .timm:
            configuration = try ModelConfiguration(timm: value, file: file)
            preprocess = try Self.timmPreprocessing(sections["pretrained_cfg"], file: file)
        }
        guard case .object = preprocess, let data = try? JSONEncoder().encode(preprocess) else {
            throw InferenceError(.modelConfiguration, "\(file): preprocess_cfg is \(preprocess), not an object")
        }
        preprocessJSON = data
    }

    /// The files that make a model what it is; those that are optional only if they are there. Looks at names alone.
    ///
    /// - Throws: ``InferenceError/Code/unreadableFile`` for a directory without a configuration.
    public static func files(
        of path: String
    ) throws(InferenceError) -> (weights: String, configuration: [String], tokenizer: [String]) {
        let layout = try layout(of: path)
        func full(_ name: String) -> String { "\(path)/\(name)" }
        let names = layout.names { FileManager.default.fileExists(atPath: full($0)) }
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
