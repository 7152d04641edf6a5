import Foundation

/// A small text file that may hold a password, as secrets are mounted.
enum SecretFile {
    /// The text, without a byte order mark.
    ///
    /// - Parameter limit: bytes that it may have at most.
    /// - Throws: ``SettingsError`` that names the file and repeats nothing of it.
    static func read(_ path: String, limit: Int) throws(SettingsError) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
            let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: limit + 1)
        else { throw refusal(path, "The file can't be read; check the path and its permissions.") }
        guard data.count <= limit else {
            throw refusal(path, "The file has more than \(limit) bytes; name the right one.")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw refusal(path, "The file is not UTF-8 text; save it as UTF-8.")
        }
        return text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text
    }

    private static func refusal(_ path: String, _ message: String) -> SettingsError {
        SettingsError([Problem(file: path, line: nil, message: message)])
    }
}
