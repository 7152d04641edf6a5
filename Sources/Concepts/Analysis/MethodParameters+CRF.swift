extension MethodParameters {
    /// How the dense CRF refines the foreground's border; see docs/method.md §6. In an analysis file `true`, which is
    /// the default, `false`, or a mapping of these values.
    public struct CRF: Sendable, Hashable {
        public struct Weights: Sendable, Hashable {
            /// Of the kernel that sees position and colour.
            public var appearance = 10.0
            /// Of the kernel that sees position alone.
            public var smoothness = 3.0
            public init() {}
        }

        /// The kernels' standard deviations.
        public struct Widths: Sendable, Hashable, Codable {
            /// Of position beside colour, in pixels.
            public var xy = 40.0
            /// Of colour, in levels of 0…255.
            public var rgb = 13.0
            /// Of position alone, in pixels.
            public var spatial = 3.0
            public init() {}
        }

        /// How the kernel that sees position alone is summed.
        public enum Spatial: String, Sendable, Codable, CaseIterable {
            /// On a permutohedral lattice, as the released code's library does.
            case lattice
            /// Over all pixels within four standard deviations.
            case exact
        }

        public var weights = Weights()
        public var widths = Widths()
        /// Mean-field steps.
        public var iterations = 5
        public var spatial = Spatial.lattice
        public init() {}
    }
}

extension MethodParameters.CRF: Codable {
    private enum CodingKeys: String, CodingKey { case weights, widths, iterations, spatial }
}

/// `[appearance, smoothness]`.
extension MethodParameters.CRF.Weights: Codable {
    public init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        appearance = try container.decode(Double.self)
        smoothness = try container.decode(Double.self)
        guard container.isAtEnd else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "more than two weights")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(appearance)
        try container.encode(smoothness)
    }
}
