import Foundation
import Testbed

/// The lines of a Markdown file's code blocks that call `entente`.
struct DocumentedCommands {
    /// One a call: its arguments without the program's name.
    let calls: [[String]]

    /// - Parameter path: below the checkout.
    init(of path: String) throws {
        let text = try String(contentsOfFile: Checkout.root + "/" + path, encoding: .utf8)
        var isCode = false
        var calls: [[String]] = []
        for line in text.split(separator: "\n") {
            let line = line.trimmingPrefix(while: \.isWhitespace)
            if line.hasPrefix("```") {
                isCode.toggle()
            } else if isCode, let call = Self.arguments(String(line)) {
                calls.append(call)
            }
        }
        self.calls = calls
    }

    /// As a shell would take them, for what these documents write: no quotes within a word, `#` begins a comment, and what
    /// stands in square brackets may be left out, and is.
    static func arguments(_ line: String) -> [String]? {
        let said = line.trimmingPrefix("$ ").replacing(/\[[^\]]*\]/, with: "").split(separator: " #").first ?? ""
        let words = said.prefix { $0 != "|" }.split(separator: " ").map { String($0.replacing("'", with: "")) }
        return words.first == "entente" ? Array(words.dropFirst()) : nil
    }

    /// Every document for those who use Entente.
    static let documents: [String] = {
        let docs = (try? FileManager.default.subpathsOfDirectory(atPath: Checkout.root + "/docs")) ?? []
        return ["README.md"] + docs.filter { $0.hasSuffix(".md") && $0 != "commands.md" }.sorted().map { "docs/" + $0 }
    }()
}
