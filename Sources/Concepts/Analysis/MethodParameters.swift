import Inference

/// Every choice of the mutual-knowledge method, defaults filled in (docs/method.md §1.1).
///
/// The coding keys are the YAML's and the canonical JSON's; both are part of an analysis's identity.
public struct MethodParameters: Sendable, Hashable, Codable {
    public enum Decomposition: String, Sendable, Codable, CaseIterable { case image, group }

    public struct Parts: Sendable, Hashable, Codable {
        public var by: [PartMethod] = [.pca, .kmeans]
        public var count = 5
        public var seed = 0
        /// Which singular vector of a principal component has its entry of largest magnitude made positive (docs/method.md §7.1):
        /// `right`, over the feature's values, as scikit-learn does from 1.5 on; `left`, over the patches, as before.
        public enum Signs: String, Sendable, Codable, CaseIterable { case right, left }
        public var signs = Signs.right
        public init() {}
    }

    public struct Retrieval: Sendable, Hashable, Codable {
        public enum Relevance: String, Sendable, Codable, CaseIterable {
            case meanMinus = "mean_minus"
            case medianPlus = "median_plus"
            case off
        }
        public struct Transport: Sendable, Hashable, Codable {
            public var lambda = 1.0
            public var iterations = 1000
            public init() {}
        }
        public var candidates = 500
        public var perPart = 3
        public var relevance = Relevance.meanMinus
        public var offset = 0.02
        /// nil, `off` in an analysis file: each part takes the nearest of the whole bank.
        public var transport: Transport? = Transport()
        public init() {}

        enum CodingKeys: String, CodingKey {
            case candidates, relevance, offset, transport
            case perPart = "per_part"
        }
    }

    public struct Language: Sendable, Hashable, Codable {
        public enum ClassChoice: String, Sendable, Codable, CaseIterable { case predicted, label }
        public var `class` = ClassChoice.predicted
        public var count = 50
        public init() {}
    }

    public var decomposition = Decomposition.image
    public var image = ImageFit.squash
    /// What the vision encoder computes in for pictures that are made from an image (docs/precision.md); absent in the canonical
    /// form where that is fp32.
    public var precision = Precision.fp32
    public var features = Features.tokens
    public var foreground = Foreground()
    public var parts = Parts()
    public var prompting = Prompting()
    public var retrieval = Retrieval()
    public var language = Language()
    /// nil, and absent in the canonical form, where explanations are not judged.
    public var evaluation: Evaluation?
    public init() {}

    /// Whether anything but the prediction is asked for (docs/descriptors.md §2).
    public var findsParts: Bool { !parts.by.isEmpty }

    /// What an image itself is encoded in: in fp32 where parts are sought, as errors in it cost the most (docs/precision.md §4).
    public var picturePrecision: Precision { findsParts ? .fp32 : precision }
}
