/// Which of transformers' models a directory holds.
enum TransformersFamily: String {
    case clip, siglip

    /// What its image processor does where no file says otherwise, in the words of open_clip's `preprocess_cfg`.
    var preprocessing: [String: ConfigurationValue] {
        switch self {
        case .clip: ["crop_rounding": .string(CropRounding.down.rawValue)]
        case .siglip: ["mean": .number(0.5), "std": .number(0.5), "resize_mode": .string("squash")]
        }
    }
}
