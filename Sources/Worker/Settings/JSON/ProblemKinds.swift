/// Problems of a list's entries, told by their kinds: a list of a thousand that is spelled otherwise has one thing wrong with
/// it, and not a thousand.
package struct ProblemKinds {
    private struct Kind {
        let title: String
        var sentences: [String] = []
        var items: [String] = []
        var count = 0
    }

    /// Entries with the same fault that are told one by one.
    private static let toldApart = 3
    /// Entries that are named of more of them.
    private static let named = 5

    private var kinds: [Kind] = []

    package init() {}

    package var isEmpty: Bool { kinds.isEmpty }

    /// - Parameters:
    ///   - title: what many entries have in common, as a sentence without its end, before a colon and their list.
    ///   - item: the entry in that list.
    ///   - sentence: what is said of the entry alone.
    package mutating func add(_ title: String, item: String, _ sentence: String) {
        let place =
            kinds.firstIndex { $0.title == title }
            ?? {
                kinds.append(Kind(title: title))
                return kinds.count - 1
            }()
        kinds[place].count += 1
        if kinds[place].sentences.count < Self.toldApart { kinds[place].sentences.append(sentence) }
        if kinds[place].items.count < Self.named { kinds[place].items.append(item) }
    }

    /// The sentences, by kind in the order in which the kinds came.
    package var messages: [String] {
        kinds.flatMap { kind in
            guard kind.count > Self.toldApart else { return kind.sentences }
            let more = kind.count > Self.named ? " and \(kind.count - Self.named) more" : ""
            return ["\(kind.title): \(kind.items.joined(separator: ", "))\(more)."]
        }
    }
}
