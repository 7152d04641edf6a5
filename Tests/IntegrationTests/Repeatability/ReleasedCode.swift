import Foundation

/// What the released code's libraries make of the zoo: a file of `tools/golden/released.py`.
struct ReleasedCode: Decodable, Sendable {
    /// The zoo's analysis that was carried out.
    let analysis: String
    /// What its text says instead.
    let changes: [String: String]
    /// The pictures were decomposed as one group.
    let joint: Bool
    /// Ids, in order.
    let classes: [String]
    /// For each class, its language list in order.
    let language: [[Int]]
    let images: [Image]

    /// The files also hold hashes of the picture that prompts are drawn on (`display`) and of the foreground in pixels (`mask`),
    /// for whoever looks where a difference begins.
    struct Image: Decodable {
        /// Below the zoo's held-out pictures.
        let image: String
        /// The predicted class's index.
        let `class`: Int
        /// As ``Part/parts``, with 0 for every patch of the foreground.
        let foreground: String
        let methods: [String: Part]
    }

    struct Part: Decodable {
        /// Row by row a digit a patch, or a dot for background.
        let parts: String
        /// For each part number the hashes of its three pictures: outline only, gray outside, blurred outside.
        let prompts: [String: [String]]
        /// Descriptors, most relevant first.
        let vision: [Int]
        /// Ascending.
        let mutual: [Int]
        /// The smallest difference that decided about the vision list: a rounding larger than it might have turned it.
        let gap: Double
        let flags: [String]
        /// MI and AUC, nats.
        let released: [Double], membership: [Double]
    }

    static let zoo = DrawnWorld.share + "/zoo"

    /// The file of that name.
    init(_ name: String) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Golden/released/\(name).json")
        self = try JSONDecoder().decode(ReleasedCode.self, from: Data(contentsOf: file))
    }

    /// The analysis as YAML, wherever it may lie.
    func yaml() throws -> String {
        var text = try String(contentsOfFile: Self.zoo + "/\(analysis).yaml", encoding: .utf8)
        for (old, new) in changes { text = text.replacingOccurrences(of: old, with: new) }
        for key in ["model", "classes", "descriptors"] {
            text = text.replacingOccurrences(of: "\n\(key): ", with: "\n\(key): \(Self.zoo)/")
        }
        return text
    }
}
