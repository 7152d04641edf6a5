/// A ``LabelRule`` by its name, before its numbers are known.
enum LabelChoice: String, CaseIterable {
    case absolute, softmax
}
