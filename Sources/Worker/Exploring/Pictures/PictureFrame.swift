import Inference

/// What of a picture the model's square shows.
package enum PictureFrame: Sendable, Hashable, Codable {
    /// All of it, its aspect ratio not kept.
    case whole
    /// The square in its middle.
    case middle
    /// All of it, with so bright a margin beside its shorter sides.
    case padded(UInt8)

    /// - Parameter configuration: of the model, for its own way of fitting pictures.
    package init(_ fit: ImageFit, configuration: PreprocessConfiguration) {
        switch (fit, configuration.resizeMode) {
        case (.squash, _), (.official, .squash): self = .whole
        case (.crop, _), (.official, .shortest): self = .middle
        case (.official, .longest): self = .padded(configuration.fillColor)
        }
    }

    /// The same no larger than so many pixels a side.
    func cut(_ picture: Picture, within side: Int) -> Picture {
        // At full size a margin could be thousands of times as large as a long, thin picture.
        if case .padded = self { return cut(picture.fitted(within: side)) }
        return cut(picture).fitted(within: side)
    }

    func cut(_ picture: Picture) -> Picture {
        switch self {
        case .whole: return picture
        case .middle:
            let side = min(picture.width, picture.height)
            return picture.centerCropped(width: side, height: side)
        case .padded(let fill):
            let side = max(picture.width, picture.height)
            return picture.centerCropped(width: side, height: side, fill: fill)
        }
    }
}
