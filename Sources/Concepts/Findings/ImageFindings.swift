/// What an analysis found in one image. Classes and descriptors are indexes into the ``Analysis``.
public struct ImageFindings: Sendable, Equatable {
    public struct ClassSimilarity: Sendable, Equatable {
        public let classIndex: Int
        /// Cosine of the image embedding and the class's text embedding; the mean of such cosines where descriptors stand for the
        /// class.
        public let similarity: Float
        /// That the image is of this class, whatever the others are, of a model that was trained to tell it; nil of others.
        public let probability: Float?
        public init(classIndex: Int, similarity: Float, probability: Float? = nil) {
            self.classIndex = classIndex
            self.similarity = similarity
            self.probability = probability
        }
    }

    /// The most similar classes, best first; min(5, classes) of them. The first is the prediction.
    public let top: [ClassSimilarity]
    /// One entry a part method, in the order of ``MethodParameters/Parts/by``.
    public let partMethods: [PartFindings]
    /// What the explanations were judged by; none unless the analysis asks for it.
    public let judged: [JudgedCurve]

    public init(top: [ClassSimilarity], partMethods: [PartFindings], judged: [JudgedCurve] = []) {
        self.top = top
        self.partMethods = partMethods
        self.judged = judged
    }

    /// These findings with what they were judged by.
    public func judged(by curves: [JudgedCurve]) -> ImageFindings {
        ImageFindings(top: top, partMethods: partMethods, judged: curves)
    }

    public var predictedClass: Int { top[0].classIndex }
}

/// Vision concepts, language concepts and their agreement for one image under one part method.
public struct PartFindings: Sendable, Equatable {
    /// What happened on the way that a reader of the numbers should know (docs/method.md §15).
    public enum Flag: String, Sendable, CaseIterable {
        case noForeground = "no_foreground"
        case crfEmpty = "crf_empty"
        case candidatesExtended = "candidates_extended"
        case ellipseFallback = "ellipse_fallback"
        case partsReduced = "parts_reduced"
        case groupIncomplete = "group_incomplete"
    }

    /// A descriptor retrieved for one or more parts.
    public struct VisionConcept: Sendable, Equatable {
        public let descriptor: Int
        /// 2.5 × cosine of the whole image and the bare descriptor.
        public let relevance: Float
        /// The parts that picked it, ascending.
        public let parts: [Int]
        public init(descriptor: Int, relevance: Float, parts: [Int]) {
            self.descriptor = descriptor
            self.relevance = relevance
            self.parts = parts
        }
    }

    /// A descriptor close to the class on the language side.
    public struct LanguageConcept: Sendable, Equatable {
        public let descriptor: Int
        /// Cosine of the class's and the descriptor's text embeddings.
        public let similarity: Float
        public init(descriptor: Int, similarity: Float) {
            self.descriptor = descriptor
            self.similarity = similarity
        }
    }

    /// A part's extent in patches, all four inclusive.
    public struct Box: Sendable, Equatable {
        public let part: Int
        public let top: Int, left: Int, bottom: Int, right: Int
        public init(part: Int, top: Int, left: Int, bottom: Int, right: Int) {
            self.part = part
            self.top = top
            self.left = left
            self.bottom = bottom
            self.right = right
        }
    }

    /// How much of the prediction a part bears (docs/method.md §20.1).
    public struct Importance: Sendable, Equatable {
        public let part: Int
        /// What the part picked first; nil without a bank.
        public let descriptor: Int?
        /// Comparable within one image alone.
        public let value: Double
        public init(part: Int, descriptor: Int?, value: Double) {
            self.part = part
            self.descriptor = descriptor
            self.value = value
        }
    }

    public let method: PartMethod
    /// What the part method is called in this analysis, ``MethodParameters/key(of:)``.
    public let key: String
    /// Patch grid.
    public let gridHeight: Int, gridWidth: Int
    /// `[gridHeight, gridWidth]` raster: part number, or -1 for background.
    public let parts: [Int]
    /// One a part that is present, ascending.
    public let boxes: [Box]
    /// Relevance descending.
    public let visionConcepts: [VisionConcept]
    /// Similarity descending.
    public let languageConcepts: [LanguageConcept]
    public let agreement: Agreement
    /// In declaration order of ``Flag``.
    public let flags: [Flag]
    /// One a part with at least one pixel, ascending by number.
    public let importances: [Importance]
    /// Of a trained head the patches of each part, `[gridHeight · gridWidth]`, by number: they may overlap, and ``parts`` has of each
    /// patch the part that it is strongest in. None of other part methods.
    public let extents: [[Bool]]

    public init(
        method: PartMethod, key: String? = nil, gridHeight: Int, gridWidth: Int, parts: [Int], boxes: [Box],
        visionConcepts: [VisionConcept], languageConcepts: [LanguageConcept], agreement: Agreement, flags: [Flag],
        importances: [Importance] = [], extents: [[Bool]] = []
    ) {
        self.method = method
        self.key = key ?? method.rawValue
        self.gridHeight = gridHeight
        self.gridWidth = gridWidth
        self.parts = parts
        self.boxes = boxes
        self.visionConcepts = visionConcepts
        self.languageConcepts = languageConcepts
        self.agreement = agreement
        self.flags = flags
        self.importances = importances
        self.extents = extents
    }

    /// Mean of the vision concepts' relevance; nil without any.
    public var meanRelevance: Float? {
        guard !visionConcepts.isEmpty else { return nil }
        // In double precision, as the database has it.
        return Float(visionConcepts.reduce(0) { $0 + Double($1.relevance) } / Double(visionConcepts.count))
    }

    /// Descriptors on both sides, in order of the vision concepts.
    public var mutualDescriptors: [Int] {
        let language = Set(languageConcepts.map(\.descriptor))
        return visionConcepts.map(\.descriptor).filter(language.contains)
    }
}

/// How far the two concept lists agree, by each estimator (docs/method.md §11).
public struct Agreement: Sendable, Equatable {
    /// Mutual information now, and while the vision concepts are taken away in order of relevance.
    public struct Dynamics: Sendable, Equatable {
        /// N+1 points for N vision concepts; the last is 0.
        public let curve: [NanoNats]
        /// Mean of the curve.
        public let auc: NanoNats
        public init(curve: [NanoNats], auc: NanoNats) {
            self.curve = curve
            self.auc = auc
        }
        public var mi: NanoNats { curve[0] }
    }

    public let released: Dynamics
    public let membership: Dynamics
    /// `I(o) / I(min(N, M))`; nil when a list is empty or the whole bank.
    public let nmiMax: Double?
    /// Chance-adjusted, nil as ``nmiMax``.
    public let ami: Double?
    /// One-sided hypergeometric P(overlap ≥ o), nil when the language list is the whole bank.
    public let pValue: Double?

    public init(released: Dynamics, membership: Dynamics, nmiMax: Double?, ami: Double?, pValue: Double?) {
        self.released = released
        self.membership = membership
        self.nmiMax = nmiMax
        self.ami = ami
        self.pValue = pValue
    }
}
