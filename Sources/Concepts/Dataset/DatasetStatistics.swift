/// What a whole dataset says under one part method (docs/method.md §12).
public struct DatasetStatistics: Sendable, Equatable, Encodable {
    /// A number with its 95 % bootstrap interval over classes: classes and not images are resampled, because the images
    /// of a class are not independent of each other.
    public struct Estimate: Sendable, Equatable, Encodable {
        public let value: Double
        public let lower: Double
        public let upper: Double
    }

    /// One estimator's figures, nats.
    public struct Estimator: Sendable, Equatable, Encodable {
        /// Mean mutual information of the images.
        public let mi: Estimate
        /// Mean of the images' own AUCs.
        public let auc: Estimate
        /// Mean of the mean curve, every curve padded with zeros to the dataset's longest.
        public let aucPadded: Estimate
        /// The mean curve, padded likewise.
        public let curve: [Double]
        /// nil when all images have one predicted class.
        public let null: ClassShuffleNull?

        enum CodingKeys: String, CodingKey {
            case mi, auc, curve, null
            case aucPadded = "auc_padded"
        }
    }

    public let images: Int
    public let labelled: Int
    /// What was resampled: the labels' classes, or the predicted ones of images without a label.
    public let classes: Int
    /// Share of labelled images whose label is the prediction; nil without labelled images.
    public let top1: Estimate?
    public let released: Estimator
    public let membership: Estimator

    enum CodingKeys: String, CodingKey {
        case images, labelled, classes, released, membership
        case top1 = "top_1"
    }
}

/// How much of an agreement remains when every image's vision concepts meet the language concepts of another class
/// (docs/method.md §12.3, the class-shuffle null): what descriptors that fit everything would give anyway.
public struct ClassShuffleNull: Sendable, Equatable, Encodable {
    /// A dataset mean over all shuffles.
    public struct Distribution: Sendable, Equatable, Encodable {
        /// Nats.
        public let mean: Double
        /// Of the shuffles' means, nats.
        public let standardDeviation: Double
        /// `(1 + shuffles that reach what was observed) / (1 + shuffles)`.
        public let pValue: Double

        enum CodingKeys: String, CodingKey {
            case mean
            case standardDeviation = "standard_deviation"
            case pValue = "p_value"
        }
    }

    public let shuffles: Int
    public let mi: Distribution
    public let auc: Distribution
}
