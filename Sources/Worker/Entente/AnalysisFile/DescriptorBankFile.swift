import Analyzing
import Concepts
import Inference
import Settings

/// `descriptors.json`: `{"class id or unique name": ["descriptor", …], …}` or a plain array of descriptors.
struct DescriptorBankFile {
    let path: String
    /// Unique, in order of first occurrence over the whole file.
    let descriptors: [Identifier]
    /// Class index → indexes into ``descriptors``; empty for a plain array.
    let perClass: [Int: [Int]]
    /// Keys that bind to no class, or to one that has its list: their descriptors are in the bank all the same, which is all that
    /// an analysis asks of them.
    let warnings: [Problem]
    /// Of an object, in the file's order; empty for a plain array.
    let keys: [String]
    /// Indexes into ``descriptors`` as they stand in the file, repeats among them: one list a key, or the plain array.
    let entries: [[Int]]

    /// Returns nil, with at least one problem added, if the file is unusable. Keys bind by class id first, then by
    /// unique name; of several for one class, the first.
    init?(path: String, classes: [Analysis.Class], problems: inout [Problem]) {
        guard let root = JSONFile.read(path, problems: &problems) else { return nil }
        let before = problems.count
        func report(_ message: String) { problems.append(Problem(file: path, line: nil, message: message)) }
        var numbering = Numbering()
        var kinds = ProblemKinds()
        func read(_ list: JSONValue, of owner: String) -> [Int] {
            guard case .array(let entries) = list else {
                kinds.add(
                    "These keys have to hold arrays of strings, and don't", item: "\(owner) (\(list.kind))",
                    "\(owner) has to be an array of strings, not \(list.kind).")
                return []
            }
            return entries.compactMap { entry in
                guard case .string(let text) = entry else {
                    kinds.add(
                        "A descriptor is a non-empty string, and there is something else in", item: owner,
                        "\(owner) holds \(entry.kind); a descriptor is a non-empty string.")
                    return nil
                }
                if text.isEmpty {
                    kinds.add(
                        "A descriptor is a non-empty string, and there is an empty one in", item: owner,
                        "\(owner) holds an empty string; a descriptor is a non-empty string.")
                }
                if !text.isEmpty, text.unicodeScalars.allSatisfy(\.properties.isWhitespace) {
                    kinds.add(
                        "A descriptor is more than white space, and there is a blank one in", item: owner,
                        "\(owner) holds a blank string, \(quoted(text)); a descriptor is more than white space.")
                }
                if text.utf8.contains(0) {
                    kinds.add(
                        "These descriptors hold the character U+0000, which can't be stored", item: quoted(text),
                        "\(owner): \(quoted(text)) holds the character U+0000, which can't be stored; remove it.")
                }
                return numbering.number(Identifier(text))
            }
        }

        var perClass: [Int: [Int]] = [:]
        var unbound: [String] = []
        var keys: [String] = []
        var entries: [[Int]] = []
        switch root {
        case .array: entries = [read(root, of: "The file")]
        case .object(let members):
            let index = ClassIndex(classes)
            for (key, list) in members {
                let numbers = read(list, of: quoted(key))
                keys.append(key)
                entries.append(numbers)
                // Without classes there is a problem already, and every key would look unknown.
                guard !classes.isEmpty else { continue }
                switch index.find(Identifier(key)) {
                case .success(let number):
                    if let earlier = perClass.updateValue(numbers, forKey: number) {
                        perClass[number] = earlier
                        unbound.append("\(quoted(key)) names a class that has a list")
                    }
                case .failure(let failure): unbound.append("\(quoted(key)) \(failure.rawValue)")
                }
            }
        default: report("The file has to hold an object of lists or an array of strings, not \(root.kind).")
        }
        kinds.messages.forEach(report)
        if numbering.texts.isEmpty, problems.count == before { report("The bank needs at least one descriptor.") }
        guard problems.count == before else { return nil }
        self.path = path
        descriptors = numbering.texts
        self.perClass = perClass
        self.keys = keys
        self.entries = entries
        warnings = Self.warning(unbound).map { [Problem(file: path, line: nil, message: $0)] } ?? []
    }

    /// One list a class, in the classes' order; nil, with at least one problem added, if a key or a class is left over.
    ///
    /// - Parameter asked: what needs the binding.
    func lists(of classes: [Analysis.Class], for asked: String, problems: inout [Problem]) -> [[Int]]? {
        var binding = ClassBinding(classes)
        for key in keys { _ = binding.bind(key) }
        let messages =
            keys.isEmpty
            ? ["\(asked) needs a list for each class, and the file is a plain array; write an object of lists."]
            : binding.problems(asked: asked)
        problems += messages.map { Problem(file: path, line: nil, message: $0) }
        return messages.isEmpty ? classes.indices.map { perClass[$0] ?? [] } : nil
    }

    private static func warning(_ unbound: [String]) -> String? {
        guard !unbound.isEmpty else { return nil }
        let count = unbound.count == 1 ? "1 key binds" : "\(unbound.count) keys bind"
        let more = unbound.count > shownKeys ? ", and \(unbound.count - shownKeys) more" : ""
        return "\(count) to no class; the descriptors are in the bank all the same: "
            + unbound.prefix(shownKeys).joined(separator: ", ") + more + "."
    }

    private static let shownKeys = 5

    /// Numbers strings by first occurrence. Canonically equivalent spellings are two descriptors, as they are two
    /// strings to the reference.
    private struct Numbering {
        private(set) var texts: [Identifier] = []
        private var numbers: [Identifier: Int] = [:]

        mutating func number(_ text: Identifier) -> Int {
            if let number = numbers[text] { return number }
            numbers[text] = texts.count
            texts.append(text)
            return texts.count - 1
        }
    }
}
