/// What a walk through a folder took for no picture of the dataset, counted by kind.
struct PassedOver: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// Of tools and systems: copies, thumbnails, bins, what lies beside files; told by names.
        case tool
        /// Told by its content, and not read here: `HEIC`, `JPEG XL`.
        case format(String)
        /// A picture neither by its name nor by its content; by the name's ending, `.txt`.
        case noPicture(String)
        case brokenLink
        /// A link to a folder that it lies in.
        case linkBack
        /// A pipe, a socket or a device.
        case special
        case unreadable
        /// What no id can say: control characters, more than 512 characters, or bytes that another name spells out.
        case name
    }

    private struct Entry: Hashable {
        var count = 0
        /// The first that was met.
        let example: String
    }

    private struct Line: Encodable {
        let kind: String
        /// What `kind` leaves open.
        let of: String?
        let count: Int
        let example: String
    }

    /// Kinds that are told apart: names may end in anything.
    private static let kinds = 60
    /// Kinds that are named in text.
    private static let shown = 12
    /// Scalars of a name's ending or an example.
    private static let endingLength = 12

    private var entries: [Kind: Entry] = [:]

    var total: Int { entries.values.reduce(0) { $0 + $1.count } }

    mutating func add(_ kind: Kind, _ example: @autoclosure () -> String) {
        var kind = kind
        if case .noPicture(let ending) = kind {
            let isLong = ending.unicodeScalars.count > Self.endingLength
            if isLong || entries[kind] == nil && entries.count >= Self.kinds { kind = .noPicture("other endings") }
        }
        entries[kind, default: Entry(example: example())].count += 1
    }

    /// By count, the most first.
    private var sorted: [(kind: Kind, entry: Entry)] {
        entries.map { ($0.key, $0.value) }.sorted { a, b in
            a.1.count != b.1.count ? a.1.count > b.1.count : Self.words(a.0) < Self.words(b.0)
        }
    }

    /// A sentence; empty where nothing was passed over.
    var text: String {
        guard total > 0 else { return "" }
        let named = sorted.prefix(Self.shown).map { "\($0.entry.count) \(Self.words($0.kind)) (\($0.entry.example))" }
        let others = entries.count > Self.shown ? ["and \(entries.count - Self.shown) more kinds"] : []
        return "Passed over \(total): " + (named + others).joined(separator: ", ") + "."
    }

    /// What `--json` prints.
    var lines: some Encodable {
        sorted.map { kind, entry in
            let (name, of) = Self.name(kind)
            return Line(kind: name, of: of, count: entry.count, example: entry.example)
        }
    }

    private static func words(_ kind: Kind) -> String {
        switch kind {
        case .tool: "of tools and systems"
        case .format(let name): name
        case .noPicture(let ending): ending.isEmpty ? "without an ending, no pictures" : ending
        case .brokenLink: "links to nothing"
        case .linkBack: "links back"
        case .special: "no regular files"
        case .unreadable: "unreadable"
        case .name: "with names that no image can have"
        }
    }

    private static func name(_ kind: Kind) -> (String, String?) {
        switch kind {
        case .tool: ("tool", nil)
        case .format(let name): ("format", name)
        case .noPicture(let ending): ("no_picture", ending)
        case .brokenLink: ("broken_link", nil)
        case .linkBack: ("link_back", nil)
        case .special: ("special_file", nil)
        case .unreadable: ("unreadable", nil)
        case .name: ("name", nil)
        }
    }
}
