extension String {
    /// A value from outside, for a message: at most 80 characters on one line, control characters escaped.
    public var quoted: String {
        var shown = "“"
        for scalar in unicodeScalars.prefix(80) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: shown += scalar.escaped(asASCII: true)
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown + (unicodeScalars.count > 80 ? "…”" : "”")
    }
}
