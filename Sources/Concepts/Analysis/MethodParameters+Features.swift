import Inference

extension MethodParameters {
    /// What foreground and parts are found in (docs/method.md §4.3): the encoder's tokens, its keys, both, or what a dense method makes
    /// of its patches. In an analysis file a word, or `{dense: METHOD}`.
    public enum Features: Sendable, Hashable, CaseIterable {
        case tokens, keys, ensemble
        case dense(DenseMethod)

        /// Those that are a word.
        public static let allCases: [Features] = [.tokens, .keys, .ensemble]

        /// The dense method, if it is one.
        public var denseMethod: DenseMethod? {
            if case .dense(let method) = self { method } else { nil }
        }
    }
}

extension MethodParameters.Features: RawRepresentable {
    /// Only a word: a dense method is no word of its own.
    public init?(rawValue: String) {
        guard let word = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = word
    }

    public var rawValue: String {
        switch self {
        case .tokens: "tokens"
        case .keys: "keys"
        case .ensemble: "ensemble"
        case .dense(let method): "{dense: \(method.rawValue)}"
        }
    }
}

extension MethodParameters.Features: Codable {
    private struct Dense: Codable {
        let dense: DenseMethod
    }

    public init(from decoder: any Decoder) throws {
        if let dense = try? Dense(from: decoder) {
            self = .dense(dense.dense)
            return
        }
        let word = try decoder.singleValueContainer().decode(String.self)
        guard let features = Self(rawValue: word) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "\"\(word)\" is no kind of features"))
        }
        self = features
    }

    public func encode(to encoder: any Encoder) throws {
        if let denseMethod { return try Dense(dense: denseMethod).encode(to: encoder) }
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
