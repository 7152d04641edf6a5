import Concepts
import Inference

/// What a map is asked for with; the picture's file is in the message behind it.
package struct TextMapRequest: Sendable, Hashable, Codable {
    package let model: Analysis.ModelFingerprint
    /// How the analysis turns pictures into the model's square.
    package let fit: ImageFit
    /// The analysis's own dense method; nil: it has none.
    package let dense: DenseMethod?
    package let text: String

    package init(model: Analysis.ModelFingerprint, fit: ImageFit, dense: DenseMethod?, text: String) {
        (self.model, self.fit, self.dense, self.text) = (model, fit, dense, text)
    }
}
