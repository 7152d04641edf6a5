import Analyzing
import Concepts

extension ImageAnalyzer {
    /// ``analyze(_:isGroupIncomplete:onDrawings:)`` of pictures none of which fails.
    package func findings(
        _ images: [PreparedImage], isGroupIncomplete: Bool = false, onDrawings: (Int, Drawings) -> Void = { _, _ in }
    ) throws -> [ImageFindings] {
        try analyze(images, isGroupIncomplete: isGroupIncomplete, onDrawings: onDrawings).map { try $0.get() }
    }
}
