import Concepts
import Settings

/// No directory holds a trained head that an analysis names.
package struct HeadMissing: Error, CustomStringConvertible {
    let method: PartMethod
    let hash: String

    package init(_ method: PartMethod, hash: String) {
        self.method = method
        self.hash = hash
    }

    package var description: String {
        "No directory of \(Setting.modelPath.variable) holds the trained head (explainers.\(method.rawValue)) whose "
            + "\(HeadFile.name) has SHA-256 \(hash); copy the folder that entente train wrote there."
    }
}
