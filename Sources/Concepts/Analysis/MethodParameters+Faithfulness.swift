extension MethodParameters {
    /// How the model's answer changes while regions are taken away or put back, most important first (docs/method.md §20.3).
    public struct Faithfulness: Sendable, Hashable, Codable {
        public enum Metric: String, Sendable, Codable, CaseIterable {
            case deletion, insertion
            case accDrop = "acc_drop"
            case accInc = "acc_inc"
        }

        /// Draws of each null; 0 for without it.
        public struct Nulls: Sendable, Hashable, Codable {
            /// The same regions in random order.
            public var randomOrder = 1
            /// The regions elsewhere in the picture.
            public var randomRegions = 1
            public init() {}

            enum CodingKeys: String, CodingKey {
                case randomOrder = "random_order"
                case randomRegions = "random_regions"
            }
        }

        /// In the order of their declaration.
        public var metrics = Metric.allCases
        /// Side of the Gaussian kernel that takes a region away, in pixels, odd.
        public var blur = 11
        /// Of the kernel that insertion starts from.
        public var insertionBlur = 11
        public var nulls = Nulls()
        public init() {}

        enum CodingKeys: String, CodingKey {
            case metrics, blur, nulls
            case insertionBlur = "insertion_blur"
        }

        /// Whether regions are taken away at all.
        var isDeleting: Bool { metrics.contains(.deletion) || metrics.contains(.accDrop) }
        /// Whether regions are put back at all.
        var isInserting: Bool { metrics.contains(.insertion) || metrics.contains(.accInc) }
    }
}

extension MethodParameters.Faithfulness.Metric {
    /// Whether an explanation is the better the lower it is.
    public var isLowBetter: Bool { self == .deletion || self == .accDrop }
}
