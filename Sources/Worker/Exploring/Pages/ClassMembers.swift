/// Which images are a class's.
enum ClassMembers: String, CaseIterable {
    /// Those with its label.
    case label
    /// Those without a label that are taken for it.
    case prediction

    /// Of a row of sums, `$2` being the class's place.
    var cells: String {
        switch self {
        case .label: "label_index = $2::int"
        case .prediction: "label_index = -1 AND predicted_index = $2::int"
        }
    }

    /// Of an image's row.
    var images: String {
        switch self {
        case .label: "label_index = $2::int"
        case .prediction: "predicted_index = $2::int AND label_index IS NULL"
        }
    }
}
