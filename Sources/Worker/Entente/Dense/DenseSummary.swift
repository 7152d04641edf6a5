import Inference

/// What `<name>.<hash>.<method>.json` says of a picture.
struct DenseSummary: Encodable, Sendable {
    let image: String
    let method: String
    /// Of the picture, in whose pixels points are.
    let width: Int, height: Int
    let sheet: String
    let labels: LabelFile
    let texts: [Text]

    /// Each pixel 0 for no text or a text's ``Text/label``; smaller than a large picture.
    struct LabelFile: Encodable, Sendable {
        let file: String
        let width: Int, height: Int
    }

    struct Text: Encodable, Sendable {
        let text: String
        let presence: Float
        let isAbsent: Bool
        /// Of `patch_similarity`.
        let lowest: Float, highest: Float
        let label: Int
        let color: String
        /// Of the label map's pixels, 0…1.
        let share: Double
        let points: Points?

        private enum CodingKeys: String, CodingKey {
            case text, presence, lowest, highest, label, color, share, points
            case isAbsent = "absent"
        }
    }

    struct Points: Encodable, Sendable {
        let positive: [TextPoints.Point], negative: [TextPoints.Point]
    }
}
