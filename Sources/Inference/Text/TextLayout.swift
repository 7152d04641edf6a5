/// Which library's conventions a model directory follows on the text side.
public enum TextLayout: String, Sendable, Hashable, CaseIterable {
    /// `open_clip_config.json`: rows are padded with id 0 and pooled at their highest id.
    case openCLIP = "open_clip"
    /// `config.json` with a `text_config`: rows are padded with the tokenizer's pad token and pooled at the first end
    /// token, or at the highest id where `text_config.eos_token_id` is 2.
    case transformers
}
