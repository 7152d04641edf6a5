/// Which library's conventions a model directory follows on the text side.
public enum TextLayout: String, Sendable, Hashable, CaseIterable {
    /// `open_clip_config.json`: rows are padded with id 0 and pooled at their highest id.
    case openCLIP = "open_clip"
    /// `config.json` with a `text_config`: rows are padded with the tokenizer's pad token and pooled at the first end
    /// token, or at the highest id where `text_config.eos_token_id` is 2.
    case transformers
}

extension TextLayout {
    /// The spelling under which each library recognises its start and end token inside a text.
    ///
    /// The vocabulary files of both call them `<|startoftext|>` and `<|endoftext|>`.
    var spelledSpecials: (start: String, end: String) {
        switch self {
        case .openCLIP: ("<start_of_text>", "<end_of_text>")
        case .transformers: (Vocabulary.startToken, Vocabulary.endToken)
        }
    }
}
