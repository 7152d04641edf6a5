import Crypto
import Foundation
import Mustache
import Reporting
import Settings

/// The templates, the stylesheet, the script and the description of the twins, read once from `share/explore`.
struct PageTemplates: Sendable {
    private let library: MustacheLibrary
    private let files: [String: [UInt8]]

    /// - Parameter folder: that holds them.
    /// - Throws: ``SettingsError`` that names the file that is missing or can't be read.
    init(folder: String) throws(SettingsError) {
        var library = MustacheLibrary()
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw SettingsError("\(folder) can't be read: \(error.localizedDescription).")
        }
        for name in names.sorted() where name.hasSuffix(".mustache") {
            let text = try Self.read(folder + "/" + name)
            do {
                try library.register(
                    String(decoding: text, as: UTF8.self), named: String(name.dropLast(".mustache".count)))
            } catch { throw SettingsError("\(folder)/\(name) is no template: \(error).") }
        }
        self.library = library
        var files: [String: [UInt8]] = [:]
        for name in ExplorerRoute.files.keys { files[name] = try Self.read(folder + "/" + name) }
        files["openapi.yaml"] = try Self.read(folder + "/openapi.yaml")
        self.files = files
    }

    private static func read(_ path: String) throws(SettingsError) -> [UInt8] {
        do { return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) } catch {
            throw SettingsError("\(path) can't be read: \(error.localizedDescription); it comes with the program.")
        }
    }

    func file(_ name: String) -> [UInt8]? { files[name] }

    /// A few digits of a file's digest, so that browsers ask for it anew when it changes.
    func version(of name: String) -> String {
        SHA256.hash(data: Data(files[name] ?? [])).prefix(6).map { String(format: "%02x", $0) }.joined()
    }

    /// - Returns: nil when there is no template of that name.
    func render(_ name: String, _ values: [String: Any]) -> String? { library.render(values, withTemplate: name) }
}
