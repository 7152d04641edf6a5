import Analyzing
import Concepts
import Inference
import Settings

/// `descriptors.json`: `{"class id or unique name": ["descriptor", …], …}` or a plain array of descriptors.
struct DescriptorBankFile {
    /// Unique, in order of first occurrence over the whole file.
    let descriptors: [Identifier]
    /// Class index → indexes into ``descriptors``; empty for a plain array.
    let perClass: [Int: [Int]]

    /// Returns nil, with at least one problem added, if the file is unusable. Keys bind by class id first, then by
    /// unique name.
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
                if text.utf8.contains(0) {
                    kinds.add(
                        "These descriptors hold the character U+0000, which can't be stored", item: quoted(text),
                        "\(owner): \(quoted(text)) holds the character U+0000, which can't be stored; remove it.")
                }
                return numbering.number(Identifier(text))
            }
        }

        var perClass: [Int: [Int]] = [:]
        switch root {
        case .array: _ = read(root, of: "The file")
        case .object(let members):
            let index = ClassIndex(classes)
            for (key, list) in members {
                let numbers = read(list, of: quoted(key))
                // Without classes there is a problem already, and every key would look unknown.
                guard !classes.isEmpty else { continue }
                switch index.find(Identifier(key)) {
                case .success(let number):
                    if perClass.updateValue(numbers, forKey: number) != nil {
                        kinds.add(
                            "These keys name classes that already have descriptors", item: quoted(key),
                            "\(quoted(key)) names a class that already has descriptors.")
                    }
                case .failure(let failure):
                    kinds.add(
                        "Keys are class ids, or names that only one class has; each of these \(failure.rawValue)",
                        item: quoted(key),
                        "\(quoted(key)) \(failure.rawValue); keys are class ids, or names that only one class has.")
                }
            }
        default: report("The file has to hold an object of lists or an array of strings, not \(root.kind).")
        }
        kinds.messages.forEach(report)
        if numbering.texts.isEmpty, problems.count == before { report("The bank needs at least one descriptor.") }
        guard problems.count == before else { return nil }
        descriptors = numbering.texts
        self.perClass = perClass
    }

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
