import Concepts
import Settings
import Yams

/// Reads typed values out of a YAML mapping and collects every problem with its line, instead of stopping at the
/// first.
struct YAMLReader {
    let file: String
    private(set) var problems: [Problem] = []
    /// The keys whose values could not be read.
    private var refused: Set<String> = []

    init(file: String) { self.file = file }

    mutating func report(_ message: String, at node: Node? = nil, line: Int? = nil) {
        problems.append(Problem(file: file, line: line ?? node?.mark?.line, message: message))
    }

    /// Whether the value of a key was there and could not be read.
    func hasReported(_ name: String) -> Bool { refused.contains(name) }

    private mutating func refuse(_ name: String, _ message: String, at node: Node) {
        refused.insert(name)
        report(message, at: node)
    }

    /// The members of a mapping; reports keys outside `known` and anything that is no mapping. `path` is "" at the
    /// top, else it ends in a dot.
    mutating func members(_ node: Node, path: String, known: [String]) -> [String: Node] {
        guard case .mapping(let mapping) = node else {
            report(
                "\(path.isEmpty ? "the file" : "`\(path.dropLast())`") has to be a mapping of \(list(known)).", at: node
            )
            return [:]
        }
        var members: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.string, known.contains(name) else {
                report("`\(path)\(key.string ?? "?")` is not known here; known are \(list(known)).", at: key)
                continue
            }
            members[name] = value
        }
        return members
    }

    mutating func string(_ node: Node?, _ name: String, required: Bool = false) -> String? {
        guard let node else {
            if required { report("`\(name)` is missing.") }
            return nil
        }
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
            refuse(name, "`\(name)` has to be a non-empty string.", at: node)
            return nil
        }
        guard !scalar.string.utf8.contains(0) else {
            refuse(name, "`\(name)` holds the character U+0000, which can't be stored; remove it.", at: node)
            return nil
        }
        return scalar.string
    }

    /// A prompt with exactly one `{}`.
    mutating func template(_ node: Node?, _ name: String) -> String? {
        guard let text = string(node, name) else { return nil }
        if text.split(separator: "{}", omittingEmptySubsequences: false).count != 2 {
            report("`\(name)`: \(quoted(text)) needs exactly one {} for the name.", at: node)
        }
        return text
    }

    /// The name of a set of templates, when there is a name instead of a list.
    func templateSet(_ node: Node?) -> String? {
        guard case .scalar(let scalar)? = node, !scalar.string.isEmpty, !scalar.string.contains("{}") else {
            return nil
        }
        return scalar.string
    }

    mutating func templates(_ node: Node?, _ name: String) -> [String]? {
        guard let node else { return nil }
        guard case .sequence(let sequence) = node else {
            refuse(
                name,
                "`\(name)` has to be a list of strings, or the name of a set: \(list(TemplateSet.shipped)) or a JSON file.",
                at: node)
            return nil
        }
        if sequence.isEmpty { report("`\(name)` needs at least one template.", at: node) }
        return sequence.compactMap { template($0, name) }
    }

    /// - Parameter alternative: what else the key may hold, for the message.
    mutating func integer(_ node: Node?, _ name: String, or alternative: String? = nil, into value: inout Int) {
        guard let node else { return }
        guard case .scalar = node, let number = node.int else {
            let accepted = alternative.map { "a whole number or \($0)" } ?? "a whole number"
            refuse(name, "`\(name)` has to be \(accepted)\(shown(node)).", at: node)
            return
        }
        value = number
    }

    mutating func number(_ node: Node?, _ name: String, into value: inout Double) {
        guard let node else { return }
        guard case .scalar = node, let number = node.float, number.isFinite else {
            refuse(name, "`\(name)` has to be a number\(shown(node)).", at: node)
            return
        }
        value = number
    }

    /// A list of that many numbers.
    mutating func numbers(_ node: Node?, _ name: String, count: Int) -> [Double]? {
        guard let node else { return nil }
        guard case .sequence(let sequence) = node, sequence.count == count else {
            refuse(name, "`\(name)` has to be a list of \(count) numbers\(shown(node)).", at: node)
            return nil
        }
        let values = sequence.map { number -> Double? in
            guard case .scalar = number, let value = number.float, value.isFinite else { return nil }
            return value
        }
        if let place = values.firstIndex(of: nil) {
            refuse(
                name, "`\(name)` has to be a list of \(count) numbers\(shown(sequence[place])).", at: sequence[place])
            return nil
        }
        return values.compactMap { $0 }
    }

    /// - Parameter alternative: what else the key may hold, for the message.
    mutating func boolean(
        _ node: Node?, _ name: String, or alternative: String? = nil, into value: inout Bool
    ) {
        guard let node else { return }
        guard case .scalar = node, let boolean = node.bool else {
            let accepted = alternative.map { "true, false or \($0)" } ?? "true or false"
            refuse(name, "`\(name)` has to be \(accepted)\(shown(node)).", at: node)
            return
        }
        value = boolean
    }

    mutating func choice<T: RawRepresentable<String> & CaseIterable>(
        _ node: Node?, _ name: String, into value: inout T
    ) {
        guard let node else { return }
        if let choice: T = oneOf(node, name) { value = choice } else { refused.insert(name) }
    }

    /// A value without a default; with `mapping`, where it belongs, its absence is a problem.
    mutating func choice<T: RawRepresentable<String> & CaseIterable>(
        _ node: Node?, _ name: String, within mapping: Node? = nil, as type: T.Type
    ) -> T? {
        guard let node else {
            if let mapping { report("`\(name)` is missing.", at: mapping) }
            return nil
        }
        let choice: T? = oneOf(node, name)
        if choice == nil { refused.insert(name) }
        return choice
    }

    mutating func choices<T: RawRepresentable<String> & CaseIterable>(
        _ node: Node?, _ name: String, into value: inout [T]
    ) {
        guard let node else { return }
        guard case .sequence(let sequence) = node else {
            refuse(name, "`\(name)` has to be a list of \(list(T.allCases.map(\.rawValue))).", at: node)
            return
        }
        value = sequence.compactMap { oneOf($0, name) }
        if value.isEmpty, !sequence.isEmpty { refused.insert(name) }
    }

    private mutating func oneOf<T: RawRepresentable<String> & CaseIterable>(_ node: Node, _ name: String) -> T? {
        // YAML reads a bare `off` as false; the word is meant here.
        if case .scalar(let scalar) = node, let choice = T(rawValue: scalar.string) { return choice }
        report("`\(name)` has to be one of \(list(T.allCases.map(\.rawValue)))\(shown(node)).", at: node)
        return nil
    }

    private func shown(_ node: Node) -> String {
        guard case .scalar(let scalar) = node else { return "" }
        return ", not \"\(String(String.UnicodeScalarView(scalar.string.unicodeScalars.prefix(60))))\""
    }

    private func list(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }
}
