/// A token that stands beside a vocabulary and is one id wherever it stands in a text, as transformers' tokenizers have it.
struct AddedToken: Sendable, Hashable {
    let content: String
    let id: Int32
    /// Only where no letter, number or underscore adjoins it.
    var isSingleWord = false
    /// Takes the white space on its left along.
    var stripsLeft = false
    /// Takes the white space on its right along.
    var stripsRight = false
    /// Looked for in the normalised text, normalised itself; else in the text as it is written.
    var isNormalized = true
}
