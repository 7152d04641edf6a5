import ArgumentParser
import Foundation
import Inference
import Settings

/// Where the text commands take their texts from.
struct TextInput: ParsableArguments {
    @Option(help: ArgumentHelp("Text file, one text a line; empty lines are texts.", valueName: "file"))
    var textFile: String?

    @Option(help: ArgumentHelp("JSON file with an array of strings.", valueName: "file"))
    var jsonFile: String?

    /// The texts, or nil if neither option is given.
    func texts() throws(CommandFailure) -> [String]? {
        switch (textFile, jsonFile) {
        case (nil, nil): return nil
        case (let path?, nil): return try Self.lines(of: path)
        case (nil, let path?): return try Self.strings(of: path)
        case (_?, _?): throw CommandFailure(.usage, "--text-file and --json-file exclude each other.")
        }
    }

    /// Split at LF, one trailing CR dropped; nothing comes after a final LF.
    private static func lines(of path: String) throws(CommandFailure) -> [String] {
        guard var data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.badInput, "\(path) can't be read; check the path and its permissions.")
        }
        if data.starts(with: JSONReader.byteOrderMark) { data = data.dropFirst(JSONReader.byteOrderMark.count) }
        guard String(validating: data, as: UTF8.self) != nil else {
            throw CommandFailure(.badInput, "\(path) is not UTF-8.")
        }
        // On bytes: to Swift, CR LF is one character.
        var lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        }
    }

    private static func strings(of path: String) throws(CommandFailure) -> [String] {
        var problems: [Problem] = []
        guard let root = JSONFile.read(path, problems: &problems) else {
            throw CommandFailure(.badInput, problems)
        }
        guard case .array(let entries) = root else {
            throw CommandFailure(.badInput, "\(path) has to hold an array of strings, not \(root.kind).")
        }
        var texts: [String] = []
        for (index, entry) in entries.enumerated() {
            guard case .string(let text) = entry else {
                throw CommandFailure(.badInput, "\(path): entry \(index) is \(entry.kind); only strings are texts.")
            }
            texts.append(text)
        }
        return texts
    }
}
