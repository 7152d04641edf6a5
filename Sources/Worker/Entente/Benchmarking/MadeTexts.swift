import Foundation
import Settings

/// The texts of an analysis of any size: made names in the paper's templates for ImageNet, and descriptors put together from those that
/// come with the program.
struct MadeTexts {
    /// The lists that an analysis encodes: all classes under one template after the other, the bank, and the bank bare.
    let lists: [[String]]

    /// - Parameter share: the folder with templates, demo and zoo, if the settings name one.
    /// - Throws: ``CommandFailure`` if it is not found, `DecodingError` if its files are not what came with the program.
    init(classes: Int, descriptors: Int, share: String?) throws {
        var problems: [Problem] = []
        let templates = TemplateSet.read("imagenet", resolve: { $0 }, share: share, problems: &problems)
        guard let templates, let folder = ShareFolder.find(share, holding: "zoo/descriptors.json") else {
            throw CommandFailure(
                .usage,
                "The texts to put sentences together from were not found; set \(Setting.share.variable) to the folder that holds "
                    + "templates/, demo/ and zoo/.")
        }
        var (known, names): ([[Substring]], [[Substring]]) = ([], [])
        for set in ["demo", "zoo"] {
            let lists = try Self.read([String: [String]].self, "\(folder)/\(set)/descriptors.json")
            known += lists.sorted { $0.key < $1.key }.flatMap(\.value).map { $0.split(separator: " ") }
            names += try Self.read([Class].self, "\(folder)/\(set)/classes.json").map { $0.name.split(separator: " ") }
        }
        var random = MadeNumbers(state: 1)
        let words = known.flatMap { $0 }
        let bank = Self.different(descriptors) {
            let (head, tail) = (known[random.next(below: known.count)], known[random.next(below: known.count)])
            let middle = words[random.next(below: words.count)]
            return head.prefix(1 + random.next(below: head.count)) + [middle]
                + tail.suffix(1 + random.next(below: tail.count))
        }
        let made = Self.different(classes) {
            let (first, last) = (names[random.next(below: names.count)], names[random.next(below: names.count)])
            // Some names are of two words, some of three.
            let before = random.next(below: 2) == 0 ? [] : [words[random.next(below: words.count)]]
            return before + first.prefix(1) + last.suffix(1)
        }
        lists = [
            templates.flatMap { template in made.map { template.replacingOccurrences(of: "{}", with: $0) } },
            bank.map { "a photo showing " + $0 }, bank,
        ]
    }

    /// The lists as rows for a text encoder with so many ids: begin, a token for each word and each mark, end. The vocabulary of CLIP has
    /// most English words as they are, too.
    ///
    /// - Parameter vocabulary: more than twice the words there are.
    func tokens(context: Int, vocabulary: Int) -> [[[Int32]]] {
        var ids: [Substring: Int32] = [:]
        let end = Int32(vocabulary - 1)
        return lists.map { texts in
            texts.map { text in
                var row = [end - 1]
                for word in Self.words(of: text).prefix(context - 2) {
                    let id = ids[word] ?? Int32(ids.count % (vocabulary - 2))
                    ids[word] = id
                    row.append(id)
                }
                row.append(end)
                return row + .init(repeating: 0, count: context - row.count)
            }
        }
    }

    private static func words(of text: String) -> [Substring] {
        text.split(separator: " ").flatMap { word -> [Substring] in
            let bare = word.prefix { $0.isLetter }
            return [bare, word[bare.endIndex...]].filter { !$0.isEmpty }
        }
    }

    private struct Class: Decodable { let name: String }

    private static func read<Content: Decodable>(_ type: Content.Type, _ path: String) throws -> Content {
        try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private static func different(_ count: Int, _ make: () -> [Substring]) -> [String] {
        var seen: Set<String> = []
        var texts: [String] = []
        while texts.count < count {
            let text = make().joined(separator: " ")
            if seen.insert(text).inserted { texts.append(text) }
        }
        return texts
    }
}
