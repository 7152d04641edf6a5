/// Where the middle of a picture begins when the margins can't be equal.
public enum CropRounding: String, Sendable, Hashable {
    /// As Python rounds halves: torchvision's and open_clip's way.
    case halfToEven = "half_to_even"
    /// Towards the left and the top: the way of transformers.
    case down

    func half(of margins: Int) -> Int {
        switch self {
        case .halfToEven: Int((Double(margins) / 2).rounded(.toNearestOrEven))
        case .down: margins / 2
        }
    }
}
