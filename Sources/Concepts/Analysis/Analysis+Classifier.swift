import Inference

extension Analysis {
    /// What stands for the classes instead of their names in templates (docs/descriptors.md §1).
    public enum Classifier: Sendable, Hashable {
        /// Embeddings out of a file.
        case weights(ClassWeights)
        /// Each class by descriptors of its own: places in the bank, one list a class, and how they are worded.
        case descriptors([[Int]], wording: DescriptorWording)
        /// Each class by sentences of its own, one list of at least one a class.
        case sentences([[String]])

        /// The embeddings, if they are a file's.
        public var weights: ClassWeights? {
            if case .weights(let weights) = self { weights } else { nil }
        }

        /// Places in the bank for each class, if descriptors stand for it.
        public var descriptorLists: [[Int]]? {
            if case .descriptors(let lists, _) = self { lists } else { nil }
        }

        /// What it is, in a few words.
        public var explanation: String {
            switch self {
            case .weights(let weights): "of a file with SHA-256 \(weights.sha256)"
            case .descriptors(let lists, let wording):
                "descriptors of each class, \(lists.reduce(0) { $0 + $1.count }) in all, as \(wording.template.quoted)"
            case .sentences(let lists): "sentences of each class, \(lists.reduce(0) { $0 + $1.count }) in all"
            }
        }

        /// Whether classes are texts that the text encoder reads.
        var isOfTexts: Bool { weights == nil }

        /// The same for every model: a file's embeddings belong to one, texts to none.
        public var withoutModel: Classifier { weights == nil ? self : .weights(.ofModel) }
    }

    /// For each class its texts, where there are any but class names in templates; a class with an empty list of descriptors has
    /// the empty one.
    public var classTexts: [[String]]? {
        switch classifier {
        case .descriptors(let lists, let wording):
            zip(classes, lists).map { entry, list in
                (list.isEmpty ? [""] : list.map { descriptors[$0].text }).map {
                    wording.text(className: entry.name, descriptor: $0)
                }
            }
        case .sentences(let lists): lists
        case .weights, nil: nil
        }
    }

    /// Why the classifier does not fit classes and bank; nil if it does. Content comes from outside, too.
    public var classifierProblem: String? {
        switch classifier {
        case .descriptors(let lists, _):
            if lists.count != classes.count {
                return
                    "classifier.descriptors: there are \(lists.count) lists for \(classes.count) classes; one for each is needed."
            }
            guard let place = lists.joined().first(where: { !descriptors.indices.contains($0) }) else { return nil }
            return "classifier.descriptors: \(place) is no place in a bank of \(descriptors.count) descriptors."
        case .sentences(let lists):
            if lists.count != classes.count {
                return
                    "classifier.sentences: there are \(lists.count) lists for \(classes.count) classes; one for each is needed."
            }
            guard let empty = lists.firstIndex(where: \.isEmpty) else { return nil }
            return
                "classifier.sentences: class \(classes[empty].id.text.quoted) has no sentence; it needs at least one."
        case .weights, nil: return nil
        }
    }
}

/// A file's embeddings are encoded as they were before there were other classifiers.
extension Analysis.Classifier: Codable {
    private enum CodingKeys: String, CodingKey { case descriptors, wording, sentences }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if container.contains(.descriptors) {
            self = .descriptors(
                try container.decode([[Int]].self, forKey: .descriptors),
                wording: try container.decode(DescriptorWording.self, forKey: .wording))
        } else if container.contains(.sentences) {
            self = .sentences(try container.decode([[String]].self, forKey: .sentences))
        } else {
            self = .weights(try Analysis.ClassWeights(from: decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .weights(let weights): try weights.encode(to: encoder)
        case .descriptors(let lists, let wording):
            try container.encode(lists, forKey: .descriptors)
            try container.encode(wording, forKey: .wording)
        case .sentences(let lists): try container.encode(lists, forKey: .sentences)
        }
    }
}
