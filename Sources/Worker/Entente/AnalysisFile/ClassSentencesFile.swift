import Analyzing
import Concepts
import Inference
import Settings

/// The sentences of `classifier: {sentences: F.json}`: `{"class id or unique name": ["sentence", …], …}`.
enum ClassSentencesFile {
    /// One list a class, in the classes' order; nil, with at least one problem added, if the file is unusable or a key or class is
    /// left over.
    static func read(_ path: String, classes: [Analysis.Class], problems: inout [Problem]) -> [[String]]? {
        guard let root = JSONFile.read(path, problems: &problems) else { return nil }
        func report(_ message: String) { problems.append(Problem(file: path, line: nil, message: message)) }
        guard case .object(let members) = root else {
            report("The file has to hold an object with a list of sentences for each class, not \(root.kind).")
            return nil
        }
        let before = problems.count
        var kinds = ProblemKinds()
        var binding = ClassBinding(classes)
        var lists: [Int: [String]] = [:]
        for (key, value) in members {
            guard case .array(let entries) = value, !entries.isEmpty else {
                kinds.add(
                    "These keys need a list with at least one sentence", item: quoted(key),
                    "\(quoted(key)) needs a list with at least one sentence.")
                continue
            }
            let sentences = entries.compactMap { entry -> String? in
                guard case .string(let text) = entry, !text.utf8.contains(0),
                    !text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
                else { return nil }
                return text
            }
            if sentences.count < entries.count {
                kinds.add(
                    "A sentence is a string that is neither blank nor holds U+0000, and there is something else in",
                    item: quoted(key),
                    "\(quoted(key)) holds something that is no sentence: strings that are neither blank nor hold U+0000 are."
                )
            }
            if let index = binding.bind(key) { lists[index] = sentences }
        }
        (kinds.messages + binding.problems(asked: "`classifier.sentences`")).forEach(report)
        return problems.count == before ? classes.indices.map { lists[$0] ?? [] } : nil
    }
}
