/// What a `tokenizer.json` describes: added tokens are found, the rest is normalised, cut into words, and those into tokens.
struct TokenizerPipeline: TextEncoding {
    let cleaning: TokenizerKind.Cleaning
    let normalizer: TextNormalizer
    let cuts: [WordCut]
    let model: any WordModel
    /// One more than the highest id.
    let size: Int
    private let written: AddedTokens
    private let normalized: AddedTokens

    init(
        cleaning: TokenizerKind.Cleaning, normalizer: TextNormalizer, cuts: [WordCut], model: any WordModel,
        added: [AddedToken], size: Int
    ) {
        (self.cleaning, self.normalizer, self.cuts, self.model) = (cleaning, normalizer, cuts, model)
        self.size = size
        written = AddedTokens(added.filter { !$0.isNormalized }, normalizer: nil)
        normalized = AddedTokens(added.filter(\.isNormalized), normalizer: normalizer)
    }

    func ids(of text: String, atLeast enough: Int) -> [Int32] {
        var ids: [Int32] = []
        for (place, piece) in written.split(cleaning.clean(text)).enumerated() {
            guard case .text(let part) = piece else {
                if case .token(let id) = piece { ids.append(id) }
                continue
            }
            for (inner, piece) in normalized.split(normalizer.normalize(part)).enumerated() {
                switch piece {
                case .token(let id): ids.append(id)
                case .text(let part):
                    let words = WordCut.words(of: part, by: cuts, isFirst: place == 0 && inner == 0)
                    for word in words where ids.count < enough { model.encode(word[...], into: &ids) }
                }
            }
            if ids.count >= enough { break }
        }
        return ids
    }
}
