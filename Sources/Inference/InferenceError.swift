/// What went wrong with a picture, a text or a model.
///
/// One sentence that names the file, field or tensor and what would mend it; never pixels or payloads.
/// None of these is retriable: the same bytes fail the same way.
public struct InferenceError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// A file is absent or can't be read.
        case unreadableFile = "unreadable_file"
        /// A file can't be written.
        case unwritableFile = "unwritable_file"
        /// The bytes are no picture of a kind that is decoded here.
        case unsupportedImage = "unsupported_image"
        /// The picture is cut short or contradicts itself.
        case damagedImage = "damaged_image"
        /// The picture exceeds the limit on bytes or pixels.
        case imageTooLarge = "image_too_large"
        /// A field of the model's configuration is missing, contradictory or beyond this build.
        case modelConfiguration = "model_configuration"
        /// A tensor is missing, unexpected, misshapen or of a dtype that is not read here.
        case modelTensor = "model_tensor"
        /// The vocabulary is missing, inconsistent or of another kind than CLIP's byte-pair encoding.
        case tokenizer
        /// An encoder made something of a picture or a text that is not finite.
        case encoderOverflow = "encoder_overflow"
        /// What a calibration found is of another model.
        case smoothing
        /// The kernels that were asked for do not exist, or this CPU can't run them.
        case kernels
    }

    public let code: Code
    /// The whole sentence.
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
