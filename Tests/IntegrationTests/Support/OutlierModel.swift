import Foundation
import Testbed

@testable import Inference

/// The drawn world's model with outliers planted: the norms of its vision encoder make some values 2⁶ times as large, and the layers behind
/// them take that back. In floats it is the same, int8 tells other things of it unless it is calibrated.
enum OutlierModel {
    private static let places = [3, 40, 77, 120]

    /// Writes the directory and gives its path.
    static func write(to scratch: ScratchFolder) throws -> String {
        let folder = try DrawnWorld.copyModel(to: scratch, as: "outliers")
        let path = folder + "/open_clip_model.safetensors"
        let stored = try Safetensors(path: path)
        let tensors = try stored.names.map { name in
            (name, shape: stored[name]?.shape ?? [], values: try stored.floats(name))
        }
        let writer = try SafetensorsWriter(
            path: path, tensors: tensors.map { SafetensorsWriter.Declaration($0.0, shape: $0.shape) })
        for (name, shape, values) in tensors { try writer.append(planted(name, shape, values), to: name) }
        try writer.finish()
        return folder
    }

    private static func planted(_ name: String, _ shape: [Int], _ values: [Float]) -> [Float] {
        guard name.hasPrefix("visual.transformer") else { return values }
        let factor: Float? =
            name.contains(".ln_")
            ? 64 : name.hasSuffix("in_proj_weight") || name.hasSuffix("c_fc.weight") ? 1 / 64 : nil
        guard let factor, let width = shape.last else { return values }
        return values.enumerated().map { places.contains($0 % width) ? $1 * factor : $1 }
    }
}
