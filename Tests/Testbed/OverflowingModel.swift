import Analyzing
import Concepts
import Foundation
import Inference

/// A copy of the demo's model of which one tensor is so large that the encoder overflows, though every weight is finite.
package enum OverflowingModel {
    /// - Parameter factor: what the tensor's values are multiplied by.
    package static func load(_ tensor: String, times factor: Float, in scratch: ScratchFolder) throws -> LoadedModel {
        let directory = scratch("overflowing")
        try FileManager.default.copyItem(atPath: Checkout.model, toPath: directory)
        let path = try ModelDirectory(directory).weightsPath
        try FileManager.default.removeItem(atPath: path)
        let source = try Safetensors(path: ModelDirectory(Checkout.model).weightsPath)
        let writer = try SafetensorsWriter(
            path: path,
            tensors: source.names.compactMap { name in
                source[name].map { SafetensorsWriter.Declaration(name, shape: $0.shape) }
            })
        for name in source.names {
            try writer.append(try source.floats(name).map { name == tensor ? $0 * factor : $0 }, to: name)
        }
        try writer.finish()
        return try LoadedModel(directory: directory)
    }

    /// An analysis of the demo's classes under the model, with the demo's own texts' embeddings.
    package static func analysis(_ model: LoadedModel, _ method: MethodParameters) throws -> LoadedAnalysis {
        let scratch = try ScratchFolder()
        let builder = TextSideBuilder(cache: DemoAnalysis.cache(in: scratch), shared: nil)
        let content = try DemoAnalysis.analysis(method: method)
        let text = try withExtendedLifetime(scratch) {
            try builder.build(content, model: DemoAnalysis.shared().model)
        }
        return try LoadedAnalysis(content, model: model, text: text)
    }

    /// A picture of one colour: the mean that the model takes away, or white.
    package static func picture(_ isWhite: Bool, id: String, _ model: LoadedModel) -> PreparedImage {
        let side = model.vision.imageSize
        let color = model.preprocessor.configuration.mean.map { isWhite ? 255 : UInt8(($0 * 255).rounded()) }
        return PreparedImage(
            id: Identifier(id), label: nil,
            picture: Picture(width: side, height: side, pixels: (0..<side * side).flatMap { _ in color }),
            contentHash: .init(repeating: isWhite ? 1 : 2, count: 32))
    }
}
