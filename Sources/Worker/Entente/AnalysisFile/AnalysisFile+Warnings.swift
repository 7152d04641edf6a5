import Analyzing
import Inference
import Settings

extension AnalysisFile {
    /// What is no mistake, and may not be meant: keys of the bank without a class, and descriptors that the model reads alike.
    ///
    /// The latter need the model's vocabulary; a model that has none is told of elsewhere.
    func warnings() -> [Problem] {
        guard let bank else { return [] }
        guard let tokenizer = try? ModelDirectory(modelDirectory).tokenizer() else { return bank.warnings }
        let likeness = Self.likeness(of: bank.descriptors.map(\.text), template: descriptorTemplate, tokenizer)
        return bank.warnings + (likeness.map { [Problem(file: bank.path, line: nil, message: $0)] } ?? [])
    }

    /// Descriptors are told apart by bytes, and the text encoder sees tokens: equal ones are one direction that counts several times.
    static func likeness(of descriptors: [String], template: String, _ tokenizer: Tokenizer) -> String? {
        var first: [[Int32]: String] = [:]
        var pairs: [(String, String)] = []
        for descriptor in descriptors {
            let tokens = tokenizer.tokens(template.filled(with: descriptor))
            if let earlier = first[tokens] { pairs.append((descriptor, earlier)) } else { first[tokens] = descriptor }
        }
        guard !pairs.isEmpty else { return nil }
        let shown = pairs.prefix(shownPairs).map { "\(quoted($0.0)) as \(quoted($0.1))" }
        let more = pairs.count > shownPairs ? ", and \(pairs.count - shownPairs) more" : ""
        let count =
            pairs.count == 1
            ? "1 descriptor reads like another to the model's tokenizer, and counts apart: "
            : "\(pairs.count) descriptors read like others to the model's tokenizer, and count apart: "
        return count + shown.joined(separator: ", ") + more + "."
    }

    private static let shownPairs = 5
}
