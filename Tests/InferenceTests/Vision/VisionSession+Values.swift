@testable import Inference

extension VisionSession {
    /// ``encode(_:including:)`` of values `[3, S, S]`, as golden files have them.
    func encode(_ pixelValues: [[Float]], including outputs: PatchOutputs = []) -> EncodedImages {
        encode(pixelValues.map(VisionInput.values), including: outputs)
    }
}
