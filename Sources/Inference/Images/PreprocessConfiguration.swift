/// open_clip's `preprocess_cfg`: how the model wants its pictures.
///
/// Decodes from the JSON object; keys that are absent or null take open_clip's defaults, keys that open_clip does not know
/// are ignored as it does. Decoding throws ``InferenceError`` with the field's name, but not the file's: see
/// ``init(json:named:)``.
public struct PreprocessConfiguration: Sendable, Hashable {
    /// Of red, green, blue, in the scale 0…1.
    public var mean: [Double]
    /// Of red, green, blue, in the scale 0…1.
    public var std: [Double]
    public var interpolation: ResampleFilter
    public var resizeMode: ResizeMode
    /// What ``ResizeMode/shortest`` does with odd margins. No field of open_clip's; the transformers layout sets it.
    public var cropRounding = CropRounding.halfToEven
    /// The level that pads all channels in ``ResizeMode/longest``.
    public var fillColor: UInt8
    /// The side S, when stated. As in open_clip the model's own `image_size` wins over it.
    public var size: Int?

    /// OpenAI's CLIP statistics, which are open_clip's defaults.
    public static let clipMean = [0.48145466, 0.4578275, 0.40821073]
    public static let clipStd = [0.26862954, 0.26130258, 0.27577711]

    public init(
        mean: [Double] = clipMean, std: [Double] = clipStd, interpolation: ResampleFilter = .bicubic,
        resizeMode: ResizeMode = .shortest, fillColor: UInt8 = 0, size: Int? = nil
    ) {
        precondition(mean.count == 3 && std.count == 3, "a mean and std of \(mean.count) and \(std.count) values")
        self.mean = mean
        self.std = std
        self.interpolation = interpolation
        self.resizeMode = resizeMode
        self.fillColor = fillColor
        self.size = size
    }

    /// Reads the JSON text of the object `preprocess_cfg`.
    ///
    /// - Parameter name: the file that holds it, for messages.
    /// - Throws: `modelConfiguration`, naming file and field.
    public init(json: [UInt8], named name: String) throws(InferenceError) {
        do {
            self = try JSONReader.decode(Self.self, from: json)
        } catch let error as InferenceError {
            throw InferenceError(error.code, "\(name): \(error.description)")
        } catch let fault as JSONReader.Fault where fault.kind == .duplicateName {
            throw InferenceError(.modelConfiguration, "\(name): of preprocess_cfg \(fault.reason)")
        } catch {
            throw InferenceError(
                .modelConfiguration, "\(name): preprocess_cfg is not a JSON object; write {} for defaults")
        }
    }
}
