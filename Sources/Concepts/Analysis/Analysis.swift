import Crypto
import Foundation
import Inference

/// One model revision × dataset classes × descriptor bank × method parameters, immutable and identified by what it
/// holds: two analyses with the same ``id`` give the same rows.
public struct Analysis: Sendable, Hashable, Codable {
    /// A class of the dataset. `id` is what labels and tables say; `name` is what the text encoder reads.
    public struct Class: Sendable, Hashable, Codable {
        public let id: Identifier
        public let name: String
        public init(id: Identifier, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// Lower-case hex SHA-256 of the files that make a model what it is, and how their texts are read.
    public struct ModelFingerprint: Sendable, Hashable, Codable {
        public let weights: String
        public let configuration: String
        public let tokenizer: String
        /// Which revision of ``MethodStage/ownText`` its texts go through; nil for a model whose texts are open_clip's.
        public let textRevision: Int?
        public init(weights: String, configuration: String, tokenizer: String, textRevision: Int? = nil) {
            self.weights = weights
            self.configuration = configuration
            self.tokenizer = tokenizer
            self.textRevision = textRevision
        }

        enum CodingKeys: String, CodingKey {
            case weights, configuration, tokenizer
            case textRevision = "text_revision"
        }
    }

    /// The highest revision among the stages that it uses, as ``MethodStage`` has them when it is made.
    public let methodRevision: Int
    public let model: ModelFingerprint
    /// In dataset order; a class's index in every vector and table is its place here.
    public let classes: [Class]
    /// Unique, in order of first occurrence; a descriptor's index is its place here.
    public let descriptors: [Identifier]
    /// Prompts for class names, each with one `{}`; empty beside a ``classifier``.
    public let templates: [String]
    /// What stands in the place of class names in ``templates``; nil, and absent in the canonical form, for none.
    public let classifier: Classifier?
    /// Prompt for bank descriptors, with one `{}`.
    public let descriptorTemplate: String
    public let method: MethodParameters
    /// Of each part method that needs training the SHA-256 of its head's file, in lower-case hex; nil, and absent in the canonical form,
    /// without any.
    public let explainers: [String: String]?
    /// How the layers that int8 narrows were fitted to the model by pictures, so that any worker has it; nil, and absent in the canonical
    /// form, where none was asked for.
    public let smoothing: Smoothing?

    /// - Parameter methodRevision: nil for what this build computes.
    public init(
        model: ModelFingerprint, classes: [Class], descriptors: [Identifier], templates: [String],
        classifier: Classifier? = nil, descriptorTemplate: String, method: MethodParameters,
        explainers: [PartMethod: String] = [:], smoothing: Smoothing? = nil, methodRevision: Int? = nil
    ) {
        self.methodRevision =
            methodRevision
            ?? MethodStage.revision(of: method, model: model, classifier: classifier, smoothing: smoothing)
        self.model = model
        self.classes = classes
        self.descriptors = descriptors
        self.templates = templates
        self.classifier = classifier
        self.descriptorTemplate = descriptorTemplate
        self.method = method
        self.explainers =
            explainers.isEmpty
            ? nil : Dictionary(uniqueKeysWithValues: explainers.map { ($0.key.rawValue, $0.value) })
        self.smoothing = smoothing
    }

    enum CodingKeys: String, CodingKey {
        case model, classes, descriptors, templates, classifier, method, explainers, smoothing
        case methodRevision = "method_revision"
        case descriptorTemplate = "descriptor_template"
    }

    /// JSON with sorted keys and no white space: what the identity is computed from and what the database keeps.
    public var canonicalJSON: String {
        // Strings, bytes, integers, booleans and finite doubles only: encoding has no way to fail.
        try! JSONEncoder.sorted(self)
    }

    /// The first 32 hex digits of the SHA-256 of ``canonicalJSON``.
    public var id: String {
        String(SHA256.hash(data: Data(canonicalJSON.utf8)).hexadecimal.prefix(32))
    }
}

extension Sequence<UInt8> {
    /// Two lower-case hex digits a byte.
    public var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
