import Foundation
import Inference
import Settings

/// A set of prompt templates that an analysis file names instead of listing them: a JSON array of strings, which may be
/// one of those that come with the program.
enum TemplateSet {
    /// The papers' sets for three datasets (docs/method.md §1.1) and CLIP Surgery's, by the names that an analysis file uses.
    static let shipped = ["imagenet", "places365", "food101", "clip-surgery"]

    /// Returns nil, with a problem added, if there is no such set or it is unusable.
    ///
    /// - Parameters:
    ///   - name: one of ``shipped``, else a file.
    ///   - resolve: makes a file's path absolute.
    ///   - share: the `share` folder, if the settings name one.
    static func read(
        _ name: String, resolve: (String) -> String, share: String?, problems: inout [Problem]
    ) -> [String]? {
        let path: String
        if shipped.contains(name) {
            let file = "templates/\(name).json"
            guard let folder = ShareFolder.find(share, holding: file) else {
                problems.append(
                    Problem(
                        file: name, line: nil,
                        message:
                            "The template set was not found; set \(Setting.share.variable) to the folder that holds "
                            + "\(file)."))
                return nil
            }
            path = folder + "/" + file
        } else {
            path = resolve(name)
        }
        guard let root = JSONFile.read(path, problems: &problems) else { return nil }
        let before = problems.count
        func report(_ message: String) { problems.append(Problem(file: path, line: nil, message: message)) }
        guard case .array(let entries) = root, !entries.isEmpty else {
            report("The file has to hold a non-empty array of templates.")
            return nil
        }
        let templates = entries.compactMap { entry -> String? in
            guard case .string(let text) = entry,
                text.split(separator: "{}", omittingEmptySubsequences: false).count == 2
            else {
                report("A template has to be a string with exactly one {} for the name.")
                return nil
            }
            if text.utf8.contains(0) { report("\(quoted(text)) holds the character U+0000; remove it.") }
            return text
        }
        return problems.count == before ? templates : nil
    }
}
