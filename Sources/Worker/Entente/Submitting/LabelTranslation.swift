import Analyzing
import Concepts
import Inference
import Settings

/// What the labels of one analysis's images are called in another one.
struct LabelTranslation {
    private var names: [Identifier: Identifier] = [:]

    /// A label that `from` knows has to be a class of `to` as well: by the class's id, else by its own text. One that
    /// it does not know, so that its images failed, goes as it is: perhaps `to` knows it.
    ///
    /// - Throws: ``CommandFailure`` that names the labels without a class.
    init(labels: [Identifier], from: [Analysis.Class], to: [Analysis.Class]) throws(CommandFailure) {
        let (before, after) = (ClassIndex(from), ClassIndex(to))
        var lost: [Identifier] = []
        for label in labels {
            guard case .success(let place) = before.find(label) else { continue }
            if case .success(let now) = after.find(from[place].id) {
                names[label] = to[now].id
            } else if case .success(let now) = after.find(label) {
                names[label] = to[now].id
            } else {
                lost.append(label)
            }
        }
        guard !lost.isEmpty else { return }
        let more = lost.count > 20 ? ", and \(lost.count - 20) more" : ""
        throw CommandFailure(
            .badInput,
            "Images are labelled with classes that the analysis of --to does not have: "
                + lost.prefix(20).map { quoted($0.text) }.joined(separator: ", ") + more
                + "; add them to its classes, or submit the images anew.")
    }

    func callAsFunction(_ label: Identifier) -> Identifier { names[label] ?? label }
}
