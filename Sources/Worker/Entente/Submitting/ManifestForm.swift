import Foundation
import Inference

/// What a file is that is no manifest, told from forms that are near to one. Each answer ends a sentence that begins with the
/// file's name, and says what would be read.
enum ManifestForm {
    private static let formats: [(beginning: [UInt8], name: String)] = [
        ([0xFF, 0xFE], "UTF-16"), ([0xFE, 0xFF], "UTF-16"),
        (Array("PK\u{3}\u{4}".utf8), "a workbook or another archive"), (Array("PAR1".utf8), "a Parquet file"),
        ([0x1F, 0x8B], "compressed (gzip)"), ([0x28, 0xB5, 0x2F, 0xFD], "compressed (zstd)"),
        (Array("SQLite format 3".utf8), "a database"), (Array("ARROW1".utf8), "an Arrow file"),
        (Array("version https://git-lfs".utf8), "a Git LFS pointer in the place of the file (git lfs pull)"),
    ]

    /// Of the whole file's bytes; nil if they may be a manifest.
    static func refusal(of bytes: some Collection<UInt8>) -> String? {
        if let format = formats.first(where: { bytes.starts(with: $0.beginning) }) {
            return "is \(format.name); save the list as CSV or JSON Lines in UTF-8."
        }
        switch bytes.first(where: { $0 > 0x20 && $0 < 0x80 }) {
        case UInt8(ascii: "["):
            return "is one JSON array; JSON Lines are read, an object on each line, as `jq -c '.[]'` writes them."
        case UInt8(ascii: "<"):
            return "is an HTML page or XML; CSV with a header and JSON Lines are read."
        default: return nil
        }
    }

    /// Of a CSV file's first line that separates its fields otherwise; nil if commas may do so.
    static func refusal(ofSeparator line: some StringProtocol) -> String? {
        let words = line.lowercased().trimmingCharacters(in: .whitespacesAndNewlines)
        if words.hasPrefix("sep=") || words.hasPrefix("\"sep=") {
            return "begins with a line for Excel (sep=); remove it: the header comes first, separated by commas."
        }
        let byCommas = words.components(separatedBy: ",").map(bare)
        guard !byCommas.contains("uri"), !byCommas.contains("path") else { return nil }
        for (separator, name) in [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")] {
            let fields = words.components(separatedBy: separator).map(bare)
            if fields.count > 1, fields.contains("uri") || fields.contains("path") {
                return "has its fields separated by \(name); save it with commas, which are read."
            }
        }
        return nil
    }

    /// Of a CSV file's first line that names neither `uri` nor `path`.
    static func refusal(ofHeader line: some StringProtocol) -> String {
        let fields = line.lowercased().components(separatedBy: ",").map(bare)
        let alike = [
            "url", "image_url", "filename", "file_name", "filepath", "file_path", "file", "image", "image_path",
        ]
        if let field = fields.first(where: alike.contains) {
            return "needs a header line with a column `uri` or `path`; it has `\(field)`: call that one "
                + (field.hasSuffix("url") ? "`uri`." : "`path`.")
        }
        return "needs a header line with a column `uri` or `path`."
    }

    private static func bare(_ field: String) -> String {
        field.trimmingCharacters(in: CharacterSet.whitespacesAndNewlines.union(CharacterSet(charactersIn: "\"")))
    }

    /// Of a line that is no JSON; nil if there is no more to say than where it breaks off.
    static func refusal(ofLine line: some Collection<UInt8>) -> String? {
        let (rest, depth) = outsideStrings(line)
        if rest.contains("'") {
            return "its strings are in single quotes, as Python prints them; JSON has double ones (json.dumps)"
        }
        let words = rest.split { !$0.isLetter }
        if let word = words.first(where: { ["NaN", "Infinity", "nan", "inf", "None", "True", "False"].contains($0) }) {
            return "it holds \(word), which JSON does not have; write \(mend(String(word)))"
        }
        guard depth > 0 else { return nil }
        return "an object goes on behind the line; each line has to hold a whole one, as `jq -c .` writes them"
    }

    private static func mend(_ word: String) -> String {
        switch word {
        case "True", "False": word.lowercased()
        default: "null or leave the member out"
        }
    }

    /// The line without its strings, and how many brackets are open at its end.
    private static func outsideStrings(_ line: some Collection<UInt8>) -> (String, depth: Int) {
        var (rest, depth, isString, isEscaped) = ([UInt8](), 0, false, false)
        for byte in line {
            if isString {
                if !isEscaped, byte == UInt8(ascii: "\"") { isString = false }
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: rest.append(byte)
            }
        }
        return (String(decoding: rest, as: UTF8.self), depth)
    }
}
