/// What Windows means by the code points U+0080…U+009F, which Unicode gives to controls that nobody uses.
enum Windows1252 {
    /// The character in place of `control`; the five that Windows leaves undefined, and any other scalar, stay.
    static func character(for control: Unicode.Scalar) -> Unicode.Scalar {
        guard (0x80...0x9F).contains(control.value) else { return control }
        return characters[Int(control.value) - 0x80]
    }

    private static let characters: [Unicode.Scalar] = [
        "€", "\u{81}", "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "\u{8D}", "Ž", "\u{8F}",
        "\u{90}", "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "\u{9D}", "ž", "Ÿ",
    ]
}
