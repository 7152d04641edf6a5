import Concepts
import Inference

/// An analysis with everything that running it needs.
package struct LoadedAnalysis: Sendable {
    package let id: String
    package let analysis: Analysis
    package let model: LoadedModel
    let interpreter: Interpreter
    package let classIndex: ClassIndex
    /// What of the patches is asked of dense methods: of one for the features, of another for a single pass's parts.
    private let dense: [DenseEncoder]
    /// Those that part methods need, in their order.
    package let heads: [TrainedHead]

    /// - Parameter heads: that the analysis names; see ``HeadFile/heads(of:model:text:folder:)``.
    /// - Throws: `InferenceError` if a dense method that the analysis asks for can't run on the model.
    package init(
        _ analysis: Analysis, model: LoadedModel, text: TextSide, heads: [TrainedHead] = []
    ) throws(InferenceError) {
        id = analysis.id
        self.analysis = analysis
        self.model = model
        self.heads = heads
        interpreter = Interpreter(text: text, method: analysis.method, score: model.clip.score)
        classIndex = ClassIndex(analysis.classes)
        let (features, prompting) = (analysis.method.features.denseMethod, analysis.method.prompting.dense)
        var dense: [DenseEncoder] = []
        for method in [features, prompting == features ? nil : prompting].compactMap({ $0 }) {
            // Texts, where a method asks for them, are the classes.
            dense.append(try model.transformer(for: method).dense(method, texts: interpreter.classEmbeddings))
        }
        self.dense = dense
    }

    package var preprocessor: Preprocessor { model.preprocessor }

    /// `[D, e]`: the bank in the descriptor template, which is what heads are trained with.
    package var bankEmbeddings: Matrix { interpreter.bankEmbeddings }

    /// `[D, e]`: the bank, each descriptor on its own.
    package var bareEmbeddings: Matrix { interpreter.bareEmbeddings }

    /// `[C, e]`.
    package var classEmbeddings: Matrix { interpreter.classEmbeddings }

    /// The class that the model predicts without anybody's help.
    ///
    /// - Parameter embedding: `[e]` of a picture, not normalised.
    package func prediction(_ embedding: [Float]) -> Int {
        interpreter.findings(imageEmbedding: embedding, label: nil, parts: []).predictedClass
    }
    /// Whether the images of a job are decomposed together.
    package var isOfGroups: Bool { analysis.method.decomposition == .group }

    /// The vision encoder at work for one lane: with the dense method of the features beside it, or else that of a single pass's parts;
    /// and once more for the parts if both are asked for and differ. `prompted`, which may be the first, is for what is made from a
    /// picture.
    func sessions(
        batchSize: Int
    ) -> (first: any VisionSession, second: (any VisionSession)?, prompted: any VisionSession) {
        let method = analysis.method
        let pictures = method.picturePrecision == method.precision ? model.promptedVision : model.vision
        let first = dense.first?.session(batchSize: batchSize) ?? pictures.session(batchSize: batchSize)
        return (
            first, dense.dropFirst().first?.session(batchSize: batchSize),
            method.picturePrecision == method.precision ? first : model.promptedVision.session(batchSize: batchSize)
        )
    }

    /// The S×S 8-bit picture that the method works on (docs/method.md §4.1).
    package func fit(_ picture: Picture) -> Picture {
        preprocessor.fit(picture, as: analysis.method.image)
    }
}
