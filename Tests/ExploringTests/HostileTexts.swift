/// Texts that are no harm where they are escaped for what is around them.
enum HostileTexts {
    static let all = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
        "</title><script>1</script>",
        "{{title}}", "{{{sql}}}", "{{#a}}", "{{=<% %>=}}", "javascript:alert(1)", "&lt;b&gt;", "&#60;b>", "<!--", "-->",
        "]]>",
        // A quote and a mark are one character to whoever looks at characters.
        "\"\u{301} onfocus=alert(1) x=\"\u{301}", "<\u{338}b>", "\u{600}<b>", "'\u{20DD}", "&\u{301}lt;", ">\u{301}",
        "\u{110BD}\"x",
        "\u{202E}txt.exe", "a\u{2028}b", "a\0b", "a\u{1B}[31m", "line\nbreak", "tab\tand\rreturn", "\u{FFFE}\u{FFFF}",
        "\u{E0041}",
        "../../etc/passwd", "a/b?c#d", "%2e%2e%2f", "%", "%zz", ".", "..", "~", "~.", "x.json", ".json", ".csv",
        "a+b c", "Ä\u{308}é",
        "'; DROP TABLE x; --", "$1", "$2 $10 '$1'", "=1+1", "🏳️‍🌈", "e\u{301}", String(repeating: "long ", count: 300),
    ]
}
