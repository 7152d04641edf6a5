import Foundation
import Testbed

/// Another revision of the drawn world's model: the same architecture with other weights.
enum Revision {
    /// Copies the model into a scratch folder, changes weights of it and gives the folder of the copy.
    static func model(in scratch: ScratchFolder) throws -> String {
        let folder = try DrawnWorld.copyModel(to: scratch, as: "revision")
        let file = folder + "/open_clip_model.safetensors"
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        // Weights of zero in the last sixteenth, which no format reads as anything else.
        let start = bytes.count - bytes.count / 16 & ~7
        for place in start..<bytes.count { bytes[place] = 0 }
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return folder
    }

    /// An analysis that differs from the drawn world's in the model alone.
    static func analysis(model: String, in scratch: ScratchFolder) throws -> String {
        let text = try String(contentsOfFile: DrawnWorld.analysis, encoding: .utf8)
            .replacing("name: demo", with: "name: revised").replacing("model: model", with: "model: \(model)")
            .replacing("classes.json", with: "\(DrawnWorld.folder)/classes.json")
            .replacing("descriptors: descriptors.json", with: "descriptors: \(DrawnWorld.folder)/descriptors.json")
        return try scratch.write(text, to: "revised.yaml")
    }
}
