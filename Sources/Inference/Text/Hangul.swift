/// The Hangul syllables, which Unicode composes by arithmetic: a leading consonant, a vowel, perhaps a final consonant.
enum Hangul {
    private static let syllables: UInt32 = 0xAC00
    private static let leading: UInt32 = 0x1100
    private static let vowels: UInt32 = 0x1161
    /// One before the first final consonant: 0 stands for none.
    private static let finals: UInt32 = 0x11A7
    private static let leadingCount: UInt32 = 19
    private static let vowelCount: UInt32 = 21
    private static let finalCount: UInt32 = 28

    /// The two or three parts of a syllable; nil for anything else.
    static func decompose(_ scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
        guard let index = index(scalar, from: syllables, count: leadingCount * vowelCount * finalCount) else {
            return nil
        }
        let codes = [
            leading + index / finalCount / vowelCount, vowels + index / finalCount % vowelCount,
            finals + index % finalCount,
        ]
        return codes.prefix(index % finalCount == 0 ? 2 : 3).compactMap(Unicode.Scalar.init)
    }

    /// The syllable of a leading consonant and a vowel, or of a syllable that lacks one and a final consonant.
    static func compose(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        if let consonant = index(first, from: leading, count: leadingCount),
            let vowel = index(second, from: vowels, count: vowelCount)
        {
            return Unicode.Scalar(syllables + (consonant * vowelCount + vowel) * finalCount)
        }
        if let syllable = index(first, from: syllables, count: leadingCount * vowelCount * finalCount),
            syllable % finalCount == 0, let final = index(second, from: finals, count: finalCount), final > 0
        {
            return Unicode.Scalar(first.value + final)
        }
        return nil
    }

    private static func index(_ scalar: Unicode.Scalar, from base: UInt32, count: UInt32) -> UInt32? {
        scalar.value >= base && scalar.value - base < count ? scalar.value - base : nil
    }
}
