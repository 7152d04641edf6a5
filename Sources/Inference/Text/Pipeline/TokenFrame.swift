/// What surrounds a text's ids in a row.
struct TokenFrame: Sendable {
    let opening: [Int32]
    let closing: [Int32]
    let padID: Int32
    let padsLeft: Bool
    /// The token between two texts, if there is one.
    let separatorID: Int32?
    /// What is taken for a zero wherever it stands.
    var blankID: Int32?
}
