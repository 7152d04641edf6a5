extension MethodParameters {
    /// How foreground is told from background.
    public struct Foreground: Sendable, Hashable {
        public enum Score: String, Sendable, Codable, CaseIterable { case svd, pca, laplacian, tokencut }
        public enum Threshold: String, Sendable, Codable, CaseIterable { case sign, minmax, mean }
        public var by = Score.svd
        public var threshold = Threshold.sign
        /// nil, `false` in an analysis file: patches as they are.
        public var crf: CRF? = CRF()
        public init() {}
    }
}

/// The CRF's own values only where they are not the defaults: an analysis with these is encoded as before there was a choice.
extension MethodParameters.Foreground: Codable {
    private enum CodingKeys: String, CodingKey { case by, threshold, crf }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        by = try container.decode(Score.self, forKey: .by)
        threshold = try container.decode(Threshold.self, forKey: .threshold)
        if let isRefined = try? container.decode(Bool.self, forKey: .crf) {
            crf = isRefined ? .init() : nil
        } else {
            crf = try container.decode(MethodParameters.CRF.self, forKey: .crf)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(by, forKey: .by)
        try container.encode(threshold, forKey: .threshold)
        if let crf, crf != .init() {
            try container.encode(crf, forKey: .crf)
        } else {
            try container.encode(crf != nil, forKey: .crf)
        }
    }
}
