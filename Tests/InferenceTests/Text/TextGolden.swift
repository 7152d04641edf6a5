import Foundation

@testable import Inference

/// The golden files of the tokenizer, and model directories made from them.
enum TextGolden {
    /// What the reference makes of one text.
    struct Entry: Decodable {
        let group: String
        let text: String
        let cleaned: String
        let ids: [Int32]
        /// 16 ids.
        let row: [Int32]
        /// 77 ids; only for the group "long".
        let longRow: [Int32]?
        /// Whether the reference, left as it is, would have repaired the text's encoding.
        let mojibake: Bool?

        enum CodingKeys: String, CodingKey {
            case group, text, cleaned, ids, row, mojibake
            case longRow = "long_row"
        }
    }

    struct Digests: Decodable {
        struct Table: Decodable {
            let count: Int
            let digest: String
        }

        struct Characters: Decodable {
            let unicode: String
            let blocks: [String: String]
        }

        let entities: [String: Table]
        let characters: Characters
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Golden/text")

    static func entries() throws -> [Entry] {
        try JSONDecoder().decode([Entry].self, from: data("texts.json"))
    }

    static func digests() throws -> Digests {
        try JSONDecoder().decode(Digests.self, from: data("digests.json"))
    }

    static func ids() throws -> [String: Int32] {
        try JSONDecoder().decode([String: Int32].self, from: data("vocab.json"))
    }

    /// The merges, one a line, without the header.
    static func merges() throws -> [String] {
        try String(decoding: data("merges.txt"), as: UTF8.self).split(separator: "\n").dropFirst().map(String.init)
    }

    static func data(_ name: String) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent(name))
    }

    static func tokenizer(contextLength: Int = 16) throws -> Tokenizer {
        try Tokenizer.load(directory: folder.path, contextLength: contextLength, layout: .openCLIP)
    }

    /// Runs `body` on a directory of these files, which is removed afterwards.
    static func withDirectory<Result>(_ files: [String: Data], _ body: (String) throws -> Result) throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("text-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        for (name, data) in files { try data.write(to: directory.appendingPathComponent(name)) }
        return try body(directory.path)
    }

    /// 64-bit FNV-1a over the lines' UTF-8, as the script that makes the golden files computes it.
    static func digest(_ lines: [String]) -> String {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for line in lines {
            for byte in line.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
            value = (value ^ 0x0A) &* 0x100_0000_01B3
        }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Tokenizer {
    /// Of a tokenizer of CLIP's.
    var startID: Int32 { opening[0] }
    var endID: Int32 { closing[0] }
}
