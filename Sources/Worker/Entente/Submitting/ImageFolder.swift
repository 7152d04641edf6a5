import Fetch
import Inference

/// The ImageFolder layout: one folder a class, named by class id or name; pictures directly in the root have no label.
enum ImageFolder {
    /// Every picture below `root`, sorted by path; an image's id is its path below `root`.
    ///
    /// A file is a picture by its name's ending or, where that says nothing, by its content. Links that lead nowhere are listed
    /// if their names end like a picture's, so that they end up as counted failures with a reason. Links to folders are followed:
    /// subsets of a dataset are often made of them. Everything else is counted in ``FolderListing/passedOver``.
    ///
    /// - Parameter option: what the folder was named by, for messages.
    static func list(_ root: String, option: String = "--images") throws(CommandFailure) -> FolderListing {
        // Links resolved, since a worker's check of its roots resolves them too.
        guard let resolved = FileRoots.resolved(PathBytes(root)) else {
            throw CommandFailure(.badInput, "\(option): \(root) does not exist.")
        }
        // Of the root itself there is nothing but its slash.
        let base = resolved.bytes == [UInt8(ascii: "/")] ? PathBytes([]) : resolved
        let images = FolderListing(try FolderWalk(base, option: option), base: base, root: root)
        guard !images.isEmpty else {
            let others = images.passedOver.text
            throw CommandFailure(
                .badInput,
                "\(option): \(root) holds no pictures (\(ImageFormat.readable))." + (others.isEmpty ? "" : " \(others)")
            )
        }
        return images
    }
}
