import Concepts
import Settings
import Yams

extension YAMLReader {
    private static let classifiers =
        "known are `templates`, `descriptors`, `{descriptors: WORDING}`, `{sentences: F.json}` and `{file: F.pth}`."

    /// What `classifier` says; `templates` is the default.
    ///
    /// - Parameter templates: refused beside anything else, as they would do nothing.
    mutating func classifier(_ node: Node?, templates: Node?) -> ClassifierChoice {
        guard let node else { return .templates }
        guard let choice = choice(node) else { return .templates }
        if choice != .templates, let templates {
            report(
                "`templates` does nothing beside `classifier\(Self.key(of: choice))`; leave out one of them.",
                at: templates)
        }
        return choice
    }

    private static func key(of choice: ClassifierChoice) -> String {
        switch choice {
        case .templates: ""
        case .descriptors: ".descriptors"
        case .sentences: ".sentences"
        case .file: ".file"
        }
    }

    private mutating func choice(_ node: Node) -> ClassifierChoice? {
        guard case .mapping = node else {
            switch node.string {
            case "templates": return .templates
            case "descriptors": return .descriptors(.standard)
            case let word:
                report("`classifier`\(word.map { " is \(quoted($0))" } ?? ""); \(Self.classifiers)", at: node)
                return nil
            }
        }
        let fields = members(node, path: "classifier.", known: ["descriptors", "sentences", "file"])
        guard fields.count <= 1 else {
            report("`classifier` is one of its kinds; leave out all but one of its keys.", at: node)
            return nil
        }
        guard let (key, value) = fields.first else {
            // A key that is not known has been reported.
            if case .mapping(let mapping) = node, mapping.isEmpty {
                report("`classifier` needs a `file`, `sentences` or `descriptors`.", at: node)
            }
            return nil
        }
        guard let text = string(value, "classifier.\(key)") else { return nil }
        switch key {
        case "file": return .file(text)
        case "sentences": return .sentences(text)
        default:
            guard let wording = DescriptorWording(text) else {
                report(
                    "`classifier.descriptors` is \(quoted(text)); a wording has {class}, and {descriptor} or {which}.",
                    at: value)
                return nil
            }
            return .descriptors(wording)
        }
    }
}
