import Analyzing
import Concepts
import Crypto
import Fetch
import Foundation
import Inference
import Jobs
import Settings

/// The pictures of a folder that holds one folder a class, in the order of their paths.
struct LabelledPictures {
    private let listing: FolderListing
    /// Of each picture its class's index.
    let labels: [Int]

    /// - Parameter option: what the folder was named by, for messages.
    /// - Throws: ``CommandFailure`` for a picture whose folder is no class.
    init(_ folder: String, option: String = "--images", classes: ClassIndex) throws(CommandFailure) {
        listing = try ImageFolder.list(folder, option: option)
        var known: [Identifier: Int] = [:]
        var labels: [Int] = []
        labels.reserveCapacity(listing.count)
        for image in listing {
            guard let label = image.label else {
                throw CommandFailure(
                    .badInput,
                    "\(option): \(image.id) lies in no folder of a class; a head is trained and told by pictures whose class is known, "
                        + "one folder a class.")
            }
            if let index = known[label] {
                labels.append(index)
                continue
            }
            switch classes.find(label) {
            case .success(let index):
                known[label] = index
                labels.append(index)
            case .failure(let failure):
                throw CommandFailure(
                    .badInput,
                    "\(option): \(image.origin) \(classes.explanation(of: failure, for: label)); rename the folder, or take "
                        + "it away.")
            }
        }
        self.labels = labels
    }

    func path(_ index: Int) -> PathBytes { listing[index].path }

    /// SHA-256 over everything that the features depend on, short of reading the pictures: names, sizes and times of the files, the
    /// encoder and what is taken from it: a map's identity names no features.
    ///
    /// - Parameters:
    ///   - precision: what the encoder computes in.
    ///   - others: what else its results depend on.
    func key(_ identity: HeadIdentity, in precision: Precision = .fp32, beside others: [String] = []) -> String {
        var hash = SHA256()
        func add(_ text: String) { hash.update(data: Data("\(text.utf8.count):\(text)".utf8)) }
        for (name, value) in identity.entries where name.hasPrefix("model_") || name == "features" || name == "image" {
            add(value)
        }
        for other in [KernelSet.name(for: precision)] + others { add(other) }
        for (index, label) in labels.enumerated() {
            let path = path(index)
            add("\(path)")
            add("\(label) \(Self.state(of: path))")
        }
        return hash.finalize().hexadecimal
    }

    /// A file's size and time; of a name that is no text as the system has them.
    private static func state(of path: PathBytes) -> String {
        guard let text = PathBytes.text(path.bytes) else {
            var status = stat()
            _ = path.withCString { stat($0, &status) }
            return "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        }
        let attributes = (try? FileManager.default.attributesOfItem(atPath: text)) ?? [:]
        return "\(attributes[.size] ?? 0) \(attributes[.modificationDate] ?? "")"
    }
}
