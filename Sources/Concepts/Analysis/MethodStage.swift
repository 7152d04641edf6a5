import Inference

/// A stage of the method, and which revision of it this build computes.
///
/// A stage whose output changes takes the next number that no stage has had. An analysis has the highest number among the
/// stages that it uses: so its identity changes with what it would compute and with nothing else, and rows of two revisions
/// are never under one id.
public enum MethodStage: String, Sendable, CaseIterable {
    /// Tokens, prompts and text encoder: embeddings of classes and descriptors.
    case text
    /// Tokens of models that bring rules for texts of their own: the transformers layout.
    case ownText = "own_text"
    /// Classes as descriptors in a wording, or as sentences.
    case classTexts = "class_texts"
    /// Decoding, fitting and vision encoder: embeddings, tokens, keys.
    case vision
    /// A vision encoder that computes in less than 32-bit floats.
    case narrow
    /// One whose layers were fitted to the model by pictures.
    case smoothed
    /// What a dense method makes of an encoder's patches.
    case dense
    /// Foreground patches and their parts.
    case decomposition
    /// The conditional random field that draws the foreground's border along the picture's edges.
    case refinement
    /// The pictures of a part, drawn and encoded.
    case prompting
    /// A part read from the features of its pixels.
    case pooling
    /// Descriptors of parts and of classes.
    case retrieval
    /// Mutual information and its curves.
    case agreement
    /// What explanations are judged by: importance, pictures with regions blurred, curves.
    case evaluation
    /// Parts that a trained head points at.
    case trained

    /// Each stage's number. One that nobody has is the next to take: see ``newest``.
    public var revision: Int {
        switch self {
        case .text, .classTexts, .vision, .dense, .decomposition, .pooling, .retrieval, .agreement: 1
        // Drawn and blurred as OpenCV 4.12 does it; of contours of equal area the one met last.
        case .prompting: 2
        // Both kernels on lattices, as SimpleCRF has them.
        case .refinement: 3
        // By the model's own normaliser and added tokens, where it was open_clip's cleaning before.
        case .ownText: 4
        // New, and above the rest: a build that knows nothing of it refuses such an analysis.
        case .evaluation: 5
        case .trained: 7
        // The image itself is in fp32 where parts are sought.
        case .narrow: 8
        case .smoothed: 9
        }
    }

    /// Whether an analysis with these parameters computes it.
    ///
    /// - Parameters:
    ///   - model: nil for one whose texts are open_clip's.
    ///   - classifier: nil for class names in templates.
    ///   - smoothing: nil for none.
    func isUsed(
        by method: MethodParameters, model: Analysis.ModelFingerprint? = nil, classifier: Analysis.Classifier? = nil,
        smoothing: Smoothing? = nil
    ) -> Bool {
        switch self {
        case .text, .vision, .retrieval: true
        case .ownText: model?.textRevision != nil
        case .classTexts: classifier?.isOfTexts == true
        case .decomposition, .agreement: method.findsParts
        case .dense: method.findsParts && (method.features.denseMethod != nil || method.prompting.dense != nil)
        case .refinement: method.findsParts && method.foreground.crf != nil
        case .prompting: method.findsParts && method.prompting.mode == .circles
        case .pooling: method.findsParts && method.prompting.mode == .singlePass
        case .evaluation: method.evaluation != nil
        case .narrow: method.precision != .fp32
        case .smoothed: smoothing != nil
        case .trained: method.parts.by.contains(where: \.needsTraining)
        }
    }

    /// The method revision of an analysis with these parameters.
    ///
    /// - Parameters:
    ///   - model: nil for one whose texts are open_clip's.
    ///   - classifier: nil for class names in templates.
    ///   - smoothing: nil for none.
    ///   - numbers: each stage's number, those of this build.
    public static func revision(
        of method: MethodParameters, model: Analysis.ModelFingerprint? = nil, classifier: Analysis.Classifier? = nil,
        smoothing: Smoothing? = nil, numbers: (MethodStage) -> Int = \.revision
    ) -> Int {
        allCases.filter { $0.isUsed(by: method, model: model, classifier: classifier, smoothing: smoothing) }
            .map(numbers).max() ?? 1
    }

    /// The highest number of any stage: a revision above it is of a build to come.
    public static var newest: Int { allCases.map(\.revision).max() ?? 1 }
}
