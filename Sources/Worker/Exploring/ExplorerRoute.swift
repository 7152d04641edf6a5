import Foundation
import HTTP

/// What an address of the explorer names.
enum ExplorerRoute: Sendable, Hashable {
    case index
    case analysis(String)
    case imageClass(analysis: String, String)
    case picture(PictureName)
    case concept(analysis: String, String)
    case compare, search, failures
    /// Bytes of one image.
    case bytes(PictureBytes, PictureName)
    /// A file beside the templates, by its name.
    case file(String)
    case openAPI
    /// Whether the process is alive, for probes: answered to everybody.
    case health

    /// Files that are handed out as they are.
    static let files = [
        "explore.css": "text/css; charset=utf-8", "explore.js": "text/javascript; charset=utf-8",
        "icon.svg": "image/svg+xml",
    ]

    /// Whether a page is of sums over whole analyses: some tenths of a second's work, and worth keeping.
    var isOfSums: Bool {
        switch self {
        case .index, .analysis, .compare: true
        default: false
        }
    }

    /// Takes an address's path apart; parts are percent-encoded. nil: there is no such page.
    static func parse(_ path: String) -> (route: ExplorerRoute, form: PageForm)? {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count <= 8192 else { return nil }
        var steps = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            String($0) ?? ""
        }
        if steps.count == 2, steps[0] == "static", files[steps[1]] != nil { return (.file(steps[1]), .html) }
        if steps == ["openapi.yaml"] { return (.openAPI, .html) }
        if steps == ["healthz"] { return (.health, .json) }
        var form = PageForm.html
        for twin in [PageForm.json, .csv] where steps[steps.count - 1].hasSuffix(twin.rawValue) {
            form = twin
            steps[steps.count - 1].removeLast(twin.rawValue.count)
        }
        var names: [String] = []
        for step in steps {
            guard let name = decoded(step) else { return nil }
            names.append(name)
        }
        return page(names, form)
    }

    private static func page(_ names: [String], _ form: PageForm) -> (ExplorerRoute, PageForm)? {
        switch (names.first, names.count) {
        case ("", 1): return (.index, form)
        case ("compare", 1): return (.compare, form)
        case ("search", 1): return (.search, form)
        case ("failures", 1): return (.failures, form)
        case ("analyses", 2...): break
        default: return nil
        }
        let analysis = names[1]
        guard !names.contains("") else { return nil }
        switch (names.count > 2 ? names[2] : "", names.count) {
        case ("", 2): return (.analysis(analysis), form)
        case ("classes", 4): return (.imageClass(analysis: analysis, names[3]), form)
        case ("concepts", 4): return (.concept(analysis: analysis, names[3]), form)
        case ("images", 4): return (.picture(PictureName(analysis: analysis, image: names[3])), form)
        case ("images", 5):
            guard form == .html, let bytes = PictureBytes(rawValue: names[4]) else { return nil }
            return (.bytes(bytes, PictureName(analysis: analysis, image: names[3])), .html)
        default: return nil
        }
    }

    /// Its path, which ``parse(_:)`` takes apart to the same.
    var path: String {
        switch self {
        case .index: return "/"
        case .analysis(let id): return "/analyses/" + Self.encoded(id)
        case .imageClass(let id, let name): return "/analyses/\(Self.encoded(id))/classes/\(Self.encoded(name))"
        case .concept(let id, let text): return "/analyses/\(Self.encoded(id))/concepts/\(Self.encoded(text))"
        case .picture(let name): return "/analyses/\(Self.encoded(name.analysis))/images/\(Self.encoded(name.image))"
        case .bytes(let bytes, let name): return ExplorerRoute.picture(name).path + "/" + bytes.rawValue
        case .compare: return "/compare"
        case .search: return "/search"
        case .failures: return "/failures"
        case .file(let name): return "/static/" + name
        case .openAPI: return "/openapi.yaml"
        case .health: return "/healthz"
        }
    }

    /// With an end that is none of a twin's, and never a step that browsers take for this folder or the one above.
    private static func encoded(_ name: String) -> String {
        var text = percentEncoded(name)
        if text == "." || text == ".." || text.hasPrefix("~") { text = "~" + text }
        for form in [PageForm.json, .csv] where text.hasSuffix(form.rawValue) {
            text = text.dropLast(form.rawValue.count) + "%2E" + form.rawValue.dropFirst()
        }
        return text
    }

    private static func decoded(_ step: String) -> String? {
        let isMarked = step.utf8.first == UInt8(ascii: "~")
        return (isMarked ? String(decoding: step.utf8.dropFirst(), as: UTF8.self) : step).removingPercentEncoding
    }
}
