import Foundation
import Testing

/// What runs the explorer's script here: Node.js, or Chromium without a window.
enum ScriptEngine {
    case node(String)
    case chromium(String)

    /// The first that the machine has.
    static let available: ScriptEngine? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") + ["/usr/bin"]
        func found(_ names: [String]) -> String? {
            folders.lazy.flatMap { folder in names.map { "\(folder)/\($0)" } }
                .first(where: FileManager.default.isExecutableFile)
        }
        return found(["node", "nodejs"]).map(ScriptEngine.node)
            ?? found(["chromium", "chromium-browser", "google-chrome"]).map(ScriptEngine.chromium)
    }()

    static func sayMissing() {
        print(
            "SKIPPED: neither Node.js nor Chromium here, so the explorer's script is not run; "
                + "scripts/bootstrap --tests installs the latter")
    }

    /// What the last of the scripts says of a document.
    ///
    /// - Parameters:
    ///   - scripts: in order; the last prints a line under Node.js, given the other and the document, and in a page has a function
    ///     `judged` of the document.
    ///   - folder: to write to.
    func run(scripts: [URL], document: URL, folder: URL) throws -> String {
        switch self {
        case .node(let program):
            return try Self.output(
                of: program, [scripts[scripts.count - 1].path, scripts[0].path, document.path], folder: folder)
        case .chromium(let program):
            let page = folder.appending(path: "page.html")
            let parts = try scripts.map { try String(contentsOf: $0, encoding: .utf8) }
            let text = try String(contentsOf: document, encoding: .utf8)
            try
                ("<!doctype html><title></title>" + parts.map { "<script>\($0)</script>" }.joined()
                + "<script>document.title = judged(Explore, \(text))</script>")
                .write(to: page, atomically: true, encoding: .utf8)
            let dom = try Self.output(
                of: program,
                [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                    "--user-data-dir=\(folder.path)/browser", "--dump-dom", "file://\(page.path)",
                ], folder: folder)
            return String(try #require(dom.firstMatch(of: /<title>([^<]*)<\/title>/)?.1, "\(dom.prefix(500))"))
        }
    }

    private static func output(of program: String, _ arguments: [String], folder: URL) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ["HOME": folder.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(program) ended with \(process.terminationStatus)")
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
