import Foundation

/// A model's files as model hubs serve them, with the configuration read and checked; the weights are not touched yet.
public struct ModelDirectory: Sendable {
    /// Whose conventions the files follow.
    public enum Layout: String, Sendable, CaseIterable {
        /// `open_clip_config.json` + `open_clip_model.safetensors`.
        case openClip = "open_clip"

        var configurationName: String {
            switch self {
            case .openClip: "open_clip_config.json"
            }
        }

        var weightsName: String {
            switch self {
            case .openClip: "open_clip_model.safetensors"
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
        let json = try MappedFile(path: file).withBytes { Data($0) }
        guard let value = try? JSONDecoder().decode(ConfigurationValue.self, from: json) else {
            throw InferenceError(.modelConfiguration, "\(file): not JSON")
        }
        guard case .object(let sections) = value else {
            throw InferenceError(.modelConfiguration, "\(file): not a JSON object")
        }
        let preprocess: ConfigurationValue
        switch layout {
        case .openClip:
            // open_clip reads these two sections and no other.
            configuration = try ModelConfiguration(openClip: sections["model_cfg"], file: file)
            preprocess = sections["preprocess_cfg"] ?? .object([:])
        }
        guard case .object = preprocess, let data = try? JSONEncoder().encode(preprocess) else {
            throw InferenceError(.modelConfiguration, "\(file): preprocess_cfg is \(preprocess), not an object")
        }
        preprocessJSON = data
    }

    private static func layout(of path: String) throws(InferenceError) -> Layout {
        let files = FileManager.default
        for layout in Layout.allCases where files.fileExists(atPath: "\(path)/\(layout.configurationName)") {
            return layout
        }
        if files.fileExists(atPath: "\(path)/config.json") {
            throw InferenceError(
                .modelConfiguration,
                "\(path): the transformers layout (config.json) is not read by this build; convert the model to "
                    + "open_clip_config.json and open_clip_model.safetensors")
        }
        throw InferenceError(.unreadableFile, "\(path): no model directory: it holds no open_clip_config.json")
    }
}
