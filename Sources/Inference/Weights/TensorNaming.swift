/// Where a library's files keep what a model is built from. The parts of a model ask for tensors by the names of open_clip's
/// `CLIP`, and for what that class lacks by timm's.
enum TensorNaming: Sendable, Hashable {
    /// - Parameters:
    ///   - trunk: of a vision encoder that is a transformer of timm's, how it keeps queries, keys and values.
    ///   - hasTextPrefix: whether the text encoder's tensors begin with `text.`.
    ///   - hasDecoder: whether there is a decoder of captions, which no one asks for.
    case openClip(trunk: TimmNames.Projections?, hasTextPrefix: Bool, hasDecoder: Bool = false)
    case transformers
    case timm
    /// transformers' `BertModel`.
    ///
    /// - Parameter prefix: what stands before all names: nothing, or `bert.`.
    case bert(prefix: String)

    static let openClip = TensorNaming.openClip(trunk: nil, hasTextPrefix: false)

    /// What has to be read for one tensor.
    enum Source: Equatable {
        case tensor(String)
        /// Stored as `[b, a]` where `[a, b]` is asked for.
        case transposed(String)
        /// Stored apart, to be put together along the first axis in equal shares; nil stands for zeros.
        case stacked([String?])
        /// Some of so many equal shares along the first axis.
        case share(String, Range<Int>, of: Int)
        /// Stored below so many more extents of 1.
        case within(String, ones: Int)

        func map(_ name: (String) -> String) -> Source {
            switch self {
            case .tensor(let stored): .tensor(name(stored))
            case .transposed(let stored): .transposed(name(stored))
            case .stacked(let parts): .stacked(parts.map { $0.map(name) })
            case .share(let stored, let range, let count): .share(name(stored), range, of: count)
            case .within(let stored, let ones): .within(name(stored), ones: ones)
            }
        }
    }

    /// Whether a tensor holds no weights: the causal mask and counters that older files carry along.
    func isBuffer(_ name: String) -> Bool {
        switch self {
        case .openClip(_, _, let hasDecoder):
            Self.openClipBuffers.contains(name) || name.hasSuffix(".num_batches_tracked")
                || hasDecoder && name.hasPrefix("text_decoder.")
        case .transformers:
            name == "text_model.embeddings.position_ids" || name == "vision_model.embeddings.position_ids"
        // A classifier on top of the trunk.
        case .timm: name.hasPrefix("head.")
        case .bert(let prefix): BertNames.isBuffer(name, prefix: prefix)
        }
    }

    /// The causal mask, and numbers that OpenAI's own archives carry along.
    private static let openClipBuffers = [
        "attn_mask", "text.attn_mask", "input_resolution", "context_length", "vocab_size",
    ]

    func source(of name: String) -> Source {
        switch self {
        case .openClip(let trunk, let hasTextPrefix, _):
            if name.hasPrefix("visual.") {
                trunk.map { TimmNames.source(of: name, $0).map { "visual.trunk." + $0 } } ?? .tensor(name)
            } else if hasTextPrefix, !name.hasPrefix("logit_") {
                .tensor("text." + name)
            } else {
                .tensor(name)
            }
        case .transformers: TransformersNames.source(of: name)
        case .timm: TimmNames.source(of: name, .joint)
        case .bert(let prefix): BertNames.source(of: name).map { prefix + $0 }
        }
    }

    /// A block's number and what follows it.
    static func split(_ rest: Substring) -> (number: Substring, inner: Substring) {
        let number = rest.prefix { $0 != "." }
        return (number, rest.dropFirst(number.count + 1))
    }
}
