import Settings

/// No directory holds the model that an analysis was made with.
package struct ModelMissing: Error, CustomStringConvertible {
    let weights: String

    package init(weights: String) { self.weights = weights }

    package var description: String {
        "No directory of \(Setting.modelPath.variable) holds the model whose weights have SHA-256 \(weights), with the "
            + "configuration and the tokenizer that the analysis was made with, read as this build reads them."
    }
}
