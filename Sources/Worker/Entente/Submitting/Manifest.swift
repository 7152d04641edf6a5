import Fetch
import Foundation
import Inference
import Jobs
import Settings
import SwiftCSV

/// A list of images as CSV with a header, or JSON Lines.
///
/// Fields: `uri` or `path` (below the manifest's folder unless absolute), and optionally `id` (default: the path as given, or
/// the URI without credentials, query and fragment: ids are shown to whoever may read results), `label`, `sha256`. Other fields
/// are ignored.
struct Manifest {
    private let name: String
    /// What relative paths are relative to.
    private let folder: URL

    /// Reads a manifest; `-` is standard input. CSV or JSON Lines is told by the extension, else by a leading `{`.
    static func list(_ path: String) throws(CommandFailure) -> [ListedImage] {
        let isInput = path == "-"
        let data =
            isInput ? try? FileHandle.standardInput.readToEnd() ?? Data() : FileManager.default.contents(atPath: path)
        let name = isInput ? "standard input" : path
        guard let data else { throw CommandFailure(.badInput, "\(name) can't be read.") }
        if let form = ManifestForm.refusal(of: data) { throw CommandFailure(.badInput, "\(name) \(form)") }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CommandFailure(.badInput, "\(name) is not UTF-8.")
        }
        let folder =
            isInput
            ? URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
            : URL(fileURLWithPath: path).deletingLastPathComponent()
        let manifest = Manifest(name: name, folder: folder)
        let isCSV =
            switch (path as NSString).pathExtension.lowercased() {
            case "csv": true
            case "jsonl", "ndjson": false
            default: text.first(where: { !$0.isWhitespace && $0 != "\u{FEFF}" }) != "{"
            }
        let images = isCSV ? try manifest.csv(text) : try manifest.jsonLines(data)
        try manifest.checkUnique(images)
        return images
    }

    private func csv(_ text: String) throws(CommandFailure) -> [ListedImage] {
        let line = text.drop { $0 == "\u{FEFF}" }.prefix { !$0.isNewline }
        if let form = ManifestForm.refusal(ofSeparator: line) { throw CommandFailure(.badInput, "\(name) \(form)") }
        let table: CSV<Enumerated>
        do {
            table = try CSV<Enumerated>(string: text, delimiter: .comma, loadColumns: false)
        } catch {
            throw CommandFailure(
                .badInput,
                "\(name) is not CSV: a quote stands inside a field; put that field in quotes and double the quotes in it."
            )
        }
        // The parser takes the end of the file for the end of the quotes.
        guard text.utf8.count(where: { $0 == UInt8(ascii: "\"") }).isMultiple(of: 2) else {
            throw CommandFailure(.badInput, "\(name) is not CSV: a quoted field has no closing quote.")
        }
        let header = table.header.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
        guard header.contains("uri") || header.contains("path") else {
            throw CommandFailure(.badInput, "\(name) \(ManifestForm.refusal(ofHeader: line))")
        }
        var images: [ListedImage] = []
        for (number, row) in table.rows.enumerated() where !row.allSatisfy(\.isEmpty) {
            guard row.dropFirst(header.count).allSatisfy(\.isEmpty) else {
                throw CommandFailure(
                    .badInput,
                    "\(name), row \(number + 1) has more fields than the header; put a field that holds a comma in quotes."
                )
            }
            let fields = Dictionary(zip(header, row), uniquingKeysWith: { first, _ in first })
            images.append(try image(fields, "row \(number + 1)"))
        }
        return images
    }

    private func jsonLines(_ data: Data) throws(CommandFailure) -> [ListedImage] {
        var images: [ListedImage] = []
        for (number, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        where line.contains(where: { $0 > 0x20 }) {
            let entry: JSONValue
            do {
                entry = try JSONReader.read([UInt8](line))
            } catch {
                let reason = ManifestForm.refusal(ofLine: line) ?? error.reason
                throw CommandFailure(.badInput, "\(name):\(number + 1): not JSON: \(reason).")
            }
            guard case .object(let members) = entry else {
                throw CommandFailure(
                    .badInput, "\(name):\(number + 1): each line has to hold an object, not \(entry.kind).")
            }
            var fields: [String: String] = [:]
            for (key, value) in members where ["uri", "path", "id", "label", "sha256"].contains(key) {
                if case .null = value { continue }
                guard case .string(let text) = value else {
                    throw CommandFailure(
                        .badInput, "\(name):\(number + 1): `\(key)` has to be a string, not \(value.kind).")
                }
                fields[key] = text
            }
            images.append(try image(fields, "line \(number + 1)"))
        }
        return images
    }

    private func image(_ fields: [String: String], _ place: String) throws(CommandFailure) -> ListedImage {
        func field(_ key: String) -> String? { fields[key].flatMap { $0.isEmpty ? nil : $0 } }
        // Its credentials would be part of an id.
        if let path = field("path"), Self.isURI(path) {
            throw CommandFailure(
                .badInput, "\(name), \(place): `path` holds a URI; name its column or member `uri`.")
        }
        let uri: String
        if let given = field("uri") {
            // No worker could read it later.
            do { try ImageFetcher.check(given) } catch {
                let hint = Self.isPath(given) ? " A path belongs into a column or member `path`." : ""
                throw CommandFailure(.badInput, "\(name), \(place): \(error)\(hint)")
            }
            uri = given
        } else if let path = field("path") {
            try check(path: path, place)
            let absolute = URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL.path
            uri = ImageFetcher.fileURI(ofPath: absolute)
        } else {
            throw CommandFailure(.badInput, "\(name), \(place): neither `uri` nor `path` is given.")
        }
        let id: Identifier
        if let given = field("id") ?? field("path") {
            id = Identifier(given)
        } else {
            id = try self.id(ofURI: uri, place)
        }
        return ListedImage(
            id: id, uri: uri, label: field("label").map { Identifier($0) }, sha256: field("sha256"),
            origin: "\(name), \(place)")
    }

    /// A path of another system, which no worker finds.
    private func check(path: String, _ place: String) throws(CommandFailure) {
        let isNetwork = path.utf8.starts(with: #"\\"#.utf8)
        guard isNetwork || path.firstMatch(of: /^[A-Za-z]:[\\\/]/) != nil else { return }
        throw CommandFailure(
            .badInput,
            "\(name), \(place): \(quoted(path)) is a path of Windows; name the file as the workers see it, with slashes."
        )
    }

    /// Whether a URI is more likely a file's path than one of a wrong scheme.
    private static func isPath(_ uri: String) -> Bool { !uri.utf8.contains(UInt8(ascii: ":")) }

    /// Whether a path is none: it begins like a URI of a kind that is fetched, or like any with a slash behind its colon.
    private static func isURI(_ path: String) -> Bool {
        let scheme = VisibleURI(path).scheme
        return ["data", "file", "http", "https", "s3"].contains(scheme)
            || !scheme.isEmpty && path.utf8.dropFirst(scheme.utf8.count).starts(with: ":/".utf8)
    }

    private func id(ofURI uri: String, _ place: String) throws(CommandFailure) -> Identifier {
        let visible = VisibleURI(uri)
        guard visible.scheme != "data" else {
            throw CommandFailure(.badInput, "\(name), \(place): an image given as data: needs an `id`.")
        }
        guard !visible.isAmbiguous else {
            throw CommandFailure(
                .badInput,
                "\(name), \(place): the image needs an `id`, since \(redactedURI(uri)) does not show where its credentials end; "
                    + "in user and password @ is written as %40 and / as %2F.")
        }
        return Identifier(visible.text)
    }

    private func checkUnique(_ images: [ListedImage]) throws(CommandFailure) {
        guard !images.isEmpty else { throw CommandFailure(.badInput, "\(name) lists no images.") }
        var seen: Set<Identifier> = []
        for image in images where !seen.insert(image.id).inserted {
            let isPart = image.id.text != image.uri && image.id == Identifier(VisibleURI(image.uri).text)
            throw CommandFailure(
                .badInput,
                "\(image.origin): the image id \(quoted(image.id.text)) stands twice"
                    + (isPart ? "; it is the URI without its query and fragment, so give these images an `id`." : "."))
        }
    }
}
