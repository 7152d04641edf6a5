/// How a tokenizer makes ids of a text, without what stands before, behind and beyond it in a row.
protocol TextEncoding: Sendable {
    /// The ids of `text`; may stop once there are `enough`.
    func ids(of text: String, atLeast enough: Int) -> [Int32]
}
