import Concepts
import Inference

extension Analysis.ModelFingerprint {
    /// Hashes the files of a model directory; pickled weights as they are, whatever they are converted to.
    ///
    /// - Throws: ``InferenceError`` naming the file that is missing or can't be read.
    package init(directory: String) throws(InferenceError) {
        let files = try ModelDirectory.files(of: directory)
        let layout = try ModelDirectory.layout(of: directory)
        self.init(
            weights: try FileDigest.sha256([files.weights]), configuration: try FileDigest.sha256(files.configuration),
            tokenizer: try FileDigest.sha256(files.tokenizer),
            textRevision: layout.text == .transformers ? MethodStage.ownText.revision : nil)
    }
}
