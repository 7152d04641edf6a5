import Analyzing
import Inference

extension LoadedModel {
    /// Runs one picture through the vision encoder, with all that it gives of patches.
    ///
    /// - Throws: `InferenceError` of code `encoder_overflow`.
    func tryVision() throws(InferenceError) {
        var random = MadeNumbers(state: 1)
        let side = clip.vision.imageSize
        let picture = MadePicture(0, &random).pixels(width: side, height: side, &random)
        let encoded = vision.session(batchSize: 1).encode(
            [preprocessor.input(picture)],
            including: directory.configuration.vision.hasKeys ? [.tokens, .keys] : .tokens)
        if encoded.overflow(of: 0, named: directory.path) != nil { throw overflow("vision", on: "a picture") }
    }

    /// Runs one text through the text encoder.
    ///
    /// - Throws: `InferenceError` if the directory has no text encoder or no usable vocabulary, or of code `encoder_overflow`.
    func tryText() throws(InferenceError) {
        let session = try TextSession(self)
        do { _ = try session.encode(["a photo of a cat."]) } catch  where error.code == .encoderOverflow {
            throw overflow("text", on: "a text")
        }
    }

    private func overflow(_ encoder: String, on what: String) -> InferenceError {
        InferenceError(
            .encoderOverflow,
            "\(directory.weightsPath): the weights are finite, but the \(encoder) encoder overflows on \(what) like any other; "
                + "take another copy of the model, or another model")
    }
}
