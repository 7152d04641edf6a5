import Settings

/// A model's name on a hub: `owner/name`, or `name` alone for the few that have no owner.
package struct HubRepository: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    /// - Throws: ``HubError`` for anything that is no name there; it becomes part of URLs and of folders.
    package init(parsing text: String) throws(HubError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        func isName(_ part: Substring) -> Bool {
            part.first != "." && !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    let character = Character(Unicode.Scalar(byte))
                    return character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
                }
        }
        guard 1...2 ~= parts.count, text.utf8.count <= 200, parts.allSatisfy(isName) else {
            throw HubError(
                .name, "\(quoted(text)) is no repository; it has to be such as laion/CLIP-ViT-B-32-laion2B-s34B-b79K.")
        }
        description = text
    }

    /// As the name of one folder.
    var folder: String { description.replacing("/", with: "--") }
}
