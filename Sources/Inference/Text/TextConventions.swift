import Foundation

/// How a library fills rows of token ids and where it reads the text encoder's output.
struct TextConventions: Sendable {
    let padID: Int32
    let pooling: TextPooling
    /// Names of the files that were read for them, in the model directory.
    let files: [String]

    static let openCLIP = TextConventions(padID: 0, pooling: .highestID, files: [])
}

extension TextConventions {
    /// A special token is written as a string or as an object with its `content`.
    private struct Token: Decodable {
        let content: String

        init(from decoder: any Decoder) throws {
            struct Object: Decodable { let content: String }
            let container = try decoder.singleValueContainer()
            if let string = try? container.decode(String.self) {
                content = string
            } else {
                content = try container.decode(Object.self).content
            }
        }
    }

    /// The parts of `tokenizer_config.json` and `special_tokens_map.json` that concern padding.
    private struct PadConfiguration: Decodable {
        struct Anything: Decodable {}

        let padToken: Token?
        let addedTokensDecoder: [String: Anything]?

        enum CodingKeys: String, CodingKey {
            case padToken = "pad_token"
            case addedTokensDecoder = "added_tokens_decoder"
        }
    }

    private struct ModelConfiguration: Decodable {
        struct Text: Decodable {
            let eosTokenID: Int32?

            enum CodingKeys: String, CodingKey {
                case eosTokenID = "eos_token_id"
            }
        }

        let text: Text?
        /// Older files carry this copy, which takes precedence as a whole.
        let textDictionary: Text?

        enum CodingKeys: String, CodingKey {
            case text = "text_config"
            case textDictionary = "text_config_dict"
        }
    }

    /// The conventions of transformers' `CLIPTokenizer` and `CLIPTextModel`.
    ///
    /// The pad token comes from the tokenizer's own files; `text_config.pad_token_id`, which the library's tokenizer
    /// never looks at and which is 1 in many published models, has no say.
    static func transformers(directory: String, vocabulary: Vocabulary) throws(InferenceError) -> TextConventions {
        let path = { (name: String) in URL(fileURLWithPath: directory).appendingPathComponent(name).path }
        let optional = { (name: String) throws(InferenceError) -> PadConfiguration? in
            guard FileManager.default.fileExists(atPath: path(name)) else { return nil }
            return try JSONFile.read(PadConfiguration.self, path: path(name), code: .tokenizer)
        }
        let names = (tokenizer: "tokenizer_config.json", map: "special_tokens_map.json", model: "config.json")
        let tokenizer = try optional(names.tokenizer)
        let map = try optional(names.map)
        // A tokenizer_config.json of the newer kind lists the added tokens, and then the map is not looked at.
        let stated: (token: Token?, file: String)
        if tokenizer?.addedTokensDecoder == nil, let token = map?.padToken {
            stated = (token, names.map)
        } else {
            stated = (tokenizer?.padToken, names.tokenizer)
        }
        let padID: Int32
        if let token = stated.token?.content {
            guard let id = vocabulary.id(of: token) else {
                throw InferenceError(
                    .tokenizer,
                    "\(path(stated.file)): pad_token \(Vocabulary.quoted(token)) is not in \(vocabulary.tokensFile);"
                        + " name one of its tokens")
            }
            padID = id
        } else {
            padID = vocabulary.endID
        }
        let pooling = try pooling(path: path(names.model), endID: vocabulary.endID)
        let read = [(tokenizer == nil, names.tokenizer), (map == nil, names.map), (false, names.model)]
        return TextConventions(padID: padID, pooling: pooling, files: read.filter { !$0.0 }.map(\.1))
    }

    private static func pooling(path: String, endID: Int32) throws(InferenceError) -> TextPooling {
        let configuration = try JSONFile.read(ModelConfiguration.self, path: path, code: .modelConfiguration)
        // 49407, the end token of OpenAI's vocabulary, is the library's default. 2 was written into the first published
        // files by mistake, and stands for the highest id ever since.
        let stated = (configuration.textDictionary ?? configuration.text)?.eosTokenID ?? 49407
        if stated == 2 { return .highestID }
        guard stated == endID else {
            throw InferenceError(
                .modelConfiguration,
                "\(path): text_config.eos_token_id is \(stated) (49407 where it is left out), but the vocabulary's"
                    + " \(Vocabulary.endToken) has the id \(endID); no row would have a place to be pooled at")
        }
        return .firstToken(endID)
    }
}
