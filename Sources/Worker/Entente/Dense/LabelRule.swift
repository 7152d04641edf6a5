import Inference

/// How a pixel gets its text (docs/dense.md §4.3).
enum LabelRule: Sendable, Hashable {
    /// The text of the highest absolute value among those whose presence reaches the given one; none where it is below
    /// ``certainty``. Texts that are absent take nothing from those that are there.
    case absolute(presence: Float)
    /// The papers': the text of the highest similarity, whether the picture shows it or not; none where its share of a softmax
    /// over scale · similarity is below the threshold.
    case softmax(scale: Float, threshold: Float)

    /// Half way from nothing to certainty, on the absolute scale.
    static let certainty: Float = 0.5
    /// Presence from which on a text may have pixels, unless a caller wants another.
    static let presence: Float = 0.1

    /// What the methods' benchmarks multiply similarities by before the softmax.
    static func scale(of method: DenseMethod) -> Float {
        switch method {
        case .clearclip: 50
        case .cliptrase: 100
        default: 40
        }
    }

    /// What is compared, `[n, C]`.
    func values(of reading: DenseReading) -> Matrix {
        switch self {
        case .absolute: reading.absolute
        case .softmax: reading.similarity
        }
    }

    /// Numbers of the texts that may have pixels.
    func candidates(_ reading: DenseReading) -> [Int] {
        switch self {
        case .absolute(let least): reading.presence.indices.filter { reading.presence[$0] >= least }
        case .softmax: Array(reading.presence.indices)
        }
    }

    /// What values are multiplied by in a softmax; nil where they are compared with ``least`` as they are, or with nothing.
    var comparedScale: Float? {
        if case .softmax(let scale, let threshold) = self, threshold > 0 { scale } else { nil }
    }

    /// What a text has to reach for a pixel.
    var least: Float {
        switch self {
        case .absolute: Self.certainty
        case .softmax(_, let threshold): threshold > 0 ? threshold : -.infinity
        }
    }

    /// Presence below which a text counts as absent.
    var leastPresence: Float {
        if case .absolute(let presence) = self { presence } else { Self.presence }
    }
}

extension LabelRule: CustomStringConvertible {
    var description: String {
        switch self {
        case .absolute(let presence):
            "pixels go to the highest absolute value from \(Self.certainty) on, of texts whose presence is at least \(presence)"
        case .softmax(let scale, let threshold):
            "pixels go to the highest similarity"
                + (threshold > 0 ? " whose softmax share at \(scale) is at least \(threshold)" : "")
        }
    }
}
