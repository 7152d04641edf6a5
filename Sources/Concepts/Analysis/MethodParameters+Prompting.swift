import Inference

extension MethodParameters {
    /// How the vision encoder is asked about a part.
    public struct Prompting: Sendable, Hashable {
        public enum Mode: String, Sendable, Codable, CaseIterable {
            /// Three pictures of each part with a red ellipse around it, encoded anew (docs/method.md §8).
            case circles
            /// Nothing is encoded anew: a dense method's features of the part's pixels, averaged.
            case singlePass = "single_pass"
        }

        /// How an ellipse is laid around a part, and drawn (docs/method.md §8.3–8.7).
        public enum EllipseDrawing: String, Sendable, Codable, CaseIterable {
            /// Fit, polygon and fill of OpenCV 4.12, pixel by pixel, as in the paper's code.
            case opencv
            /// The direct least-squares fit, drawn where its curve runs.
            case exact
        }

        /// Pictures a part: outline only, gray outside, blurred outside.
        public static let variants = 3

        /// Outline width in pixels.
        public var thickness = 1
        /// Side of the Gaussian kernel outside the ellipse, in pixels, odd.
        public var blur = 11
        public var ellipse = EllipseDrawing.opencv
        /// The dense method of ``Mode/singlePass``; nil for circles.
        public var dense: DenseMethod?

        public var mode: Mode { dense == nil ? .circles : .singlePass }

        /// The dense method of a single pass unless another is named.
        public static let defaultDense = DenseMethod.naclip

        public init() {}
    }
}

/// Of each mode its own values and no others, and of those that came later only what is not the default: an analysis with
/// circles is encoded as before there was a choice.
extension MethodParameters.Prompting: Codable {
    private enum CodingKeys: String, CodingKey { case thickness, blur, ellipse, mode, dense }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        switch try container.decodeIfPresent(Mode.self, forKey: .mode) ?? .circles {
        case .circles:
            thickness = try container.decode(Int.self, forKey: .thickness)
            blur = try container.decode(Int.self, forKey: .blur)
            ellipse = try container.decodeIfPresent(EllipseDrawing.self, forKey: .ellipse) ?? .opencv
        case .singlePass:
            dense = try container.decode(DenseMethod.self, forKey: .dense)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if let dense {
            try container.encode(mode, forKey: .mode)
            try container.encode(dense, forKey: .dense)
        } else {
            try container.encode(thickness, forKey: .thickness)
            try container.encode(blur, forKey: .blur)
            if ellipse != .opencv { try container.encode(ellipse, forKey: .ellipse) }
        }
    }
}
