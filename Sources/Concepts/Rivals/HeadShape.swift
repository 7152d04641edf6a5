/// What a trained head is a head of: how large everything is, and by what names and shapes its numbers go (docs/rivals.md §1).
public struct HeadShape: Sendable, Hashable {
    /// A named part of the head's numbers.
    public struct Tensor: Sendable, Hashable {
        public let name: String
        /// Extents, outermost first.
        public let shape: [Int]
        /// Inputs that one output sums over: how far from zero its numbers begin.
        let fan: Int
        /// Where it lies in the vector of all numbers.
        public let range: Range<Int>
    }

    public let method: PartMethod
    /// D, entries of the bank.
    public let concepts: Int
    /// e, width of a text embedding.
    public let textWidth: Int
    /// d, width of a patch's features.
    public let patchWidth: Int
    /// C.
    public let classes: Int
    /// q, width in which texts and patches meet.
    public let width: Int
    /// Rows and columns of patches, n together.
    public let gridHeight: Int, gridWidth: Int
    /// In the order in which they are drawn at first, and lie in a file.
    public let tensors: [Tensor]

    public init(
        method: PartMethod, concepts: Int, textWidth: Int, patchWidth: Int, classes: Int, width: Int, gridHeight: Int,
        gridWidth: Int
    ) {
        precondition(method.needsTraining, "\(method.rawValue) has no head")
        self.method = method
        self.concepts = concepts
        self.textWidth = textWidth
        self.patchWidth = patchWidth
        self.classes = classes
        self.width = width
        self.gridHeight = gridHeight
        self.gridWidth = gridWidth
        var tensors: [Tensor] = []
        func add(_ name: String, _ shape: [Int], fan: Int) {
            let start = tensors.last?.range.upperBound ?? 0
            tensors.append(Tensor(name: name, shape: shape, fan: fan, range: start..<start + shape.reduce(1, *)))
        }
        switch method {
        case .featureMaps:
            add(Self.labelerWeight, [concepts, patchWidth], fan: patchWidth)
            add(Self.labelerBias, [concepts], fan: patchWidth)
        default:
            add(Self.textWeight, [width, textWidth], fan: textWidth)
            add(Self.textBias, [width], fan: textWidth)
            add(Self.patchWeight, [width, patchWidth], fan: patchWidth)
            add(Self.patchBias, [width], fan: patchWidth)
            add(Self.readOutWeight, [width], fan: width)
            add(Self.readOutBias, [1], fan: width)
            add(Self.classifier, [classes, concepts], fan: concepts)
        }
        self.tensors = tensors
    }

    static let textWeight = "text.weight", textBias = "text.bias"
    static let patchWeight = "patch.weight", patchBias = "patch.bias"
    static let readOutWeight = "read_out.weight", readOutBias = "read_out.bias"
    static let classifier = "classifier.weight"
    static let labelerWeight = "labeler.weight", labelerBias = "labeler.bias"

    /// How many numbers there are.
    public var count: Int { tensors.last?.range.upperBound ?? 0 }
    public var patches: Int { gridHeight * gridWidth }

    func range(_ name: String) -> Range<Int> {
        guard let tensor = tensors.first(where: { $0.name == name }) else {
            preconditionFailure("\(method.rawValue) has no \(name)")
        }
        return tensor.range
    }
}
