import Concepts
import Inference

/// An analysis with everything that running it needs.
package struct LoadedAnalysis: Sendable {
    package let id: String
    package let analysis: Analysis
    package let model: LoadedModel
    let interpreter: Interpreter
    package let classIndex: ClassIndex

    package init(_ analysis: Analysis, model: LoadedModel, text: TextSide) {
        id = analysis.id
        self.analysis = analysis
        self.model = model
        interpreter = Interpreter(text: text, method: analysis.method)
        classIndex = ClassIndex(analysis.classes)
    }

    package var preprocessor: Preprocessor { model.preprocessor }
    /// Whether the images of a job are decomposed together.
    package var isOfGroups: Bool { analysis.method.decomposition == .group }

    /// Memory of one lane for the vision encoder, with a dense method beside it if one is named. Texts, where a method asks for
    /// them, are the classes.
    func makeWorkspace(batchSize: Int, dense: DenseMethod?) -> VisionWorkspace {
        guard let dense else { return model.vision.makeWorkspace(batchSize: batchSize) }
        guard let vision = model.vision as? VisionTransformer else {
            preconditionFailure("\(dense.rawValue) on a model that refuses it")
        }
        return vision.makeWorkspace(batchSize: batchSize, dense: dense, texts: interpreter.classEmbeddings)
    }

    /// The S×S 8-bit picture that the method works on (docs/method.md §4.1).
    package func fit(_ picture: Picture) -> Picture {
        switch analysis.method.image {
        case .squash: preprocessor.fit(picture, as: .squash)
        case .crop: preprocessor.fit(picture, as: .crop)
        case .official: preprocessor.fit(picture, as: .official)
        }
    }
}
