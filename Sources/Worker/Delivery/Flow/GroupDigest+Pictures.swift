import Analyzing
import Concepts

extension GroupDigest {
    /// Of the pictures that are decomposed together.
    static func value(_ pictures: [PreparedImage]) -> String { value(pictures.map { ($0.id, $0.contentHash) }) }
}
