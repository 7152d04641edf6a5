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
    /// Decoding, fitting and vision encoder: embeddings, tokens, keys.
    case vision
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

    /// Each stage's number. One that nobody has is the next to take: see ``newest``.
    public var revision: Int {
        switch self {
        case .text, .vision, .dense, .decomposition, .pooling, .retrieval, .agreement: 1
        // Drawn and blurred as OpenCV 4.12 does it; of contours of equal area the one met last.
        case .prompting: 2
        // Both kernels on lattices, as SimpleCRF has them.
        case .refinement: 3
        // By the model's own normaliser and added tokens, where it was open_clip's cleaning before.
        case .ownText: 4
        }
    }

    /// Whether an analysis with these parameters computes it.
    ///
    /// - Parameter model: nil for one whose texts are open_clip's.
    func isUsed(by method: MethodParameters, model: Analysis.ModelFingerprint? = nil) -> Bool {
        switch self {
        case .text, .vision, .decomposition, .retrieval, .agreement: true
        case .ownText: model?.textRevision != nil
        case .dense: method.features.denseMethod != nil || method.prompting.dense != nil
        case .refinement: method.foreground.crf != nil
        case .prompting: method.prompting.mode == .circles
        case .pooling: method.prompting.mode == .singlePass
        }
    }

    /// The method revision of an analysis with these parameters.
    ///
    /// - Parameters:
    ///   - model: nil for one whose texts are open_clip's.
    ///   - numbers: each stage's number, those of this build.
    public static func revision(
        of method: MethodParameters, model: Analysis.ModelFingerprint? = nil, numbers: (MethodStage) -> Int = \.revision
    ) -> Int {
        allCases.filter { $0.isUsed(by: method, model: model) }.map(numbers).max() ?? 1
    }

    /// The highest number of any stage: a revision above it is of a build to come.
    public static var newest: Int { allCases.map(\.revision).max() ?? 1 }
}
