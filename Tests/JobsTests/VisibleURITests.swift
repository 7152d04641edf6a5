import Testbed
import Testing

@testable import Jobs

/// What is shown of a URI, whatever stands in it. Its secrets are made of two words.
@Suite struct VisibleURITests {
    private func tells(_ text: String) -> Bool { ["Bilby", "Dunnart"].contains { text.contains($0) } }

    private static let marks = ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{20E3}", "\u{1F3FD}", "\u{0903}"]

    /// To Swift a mark joins what is before it; to whoever connects it does not.
    @Test(arguments: marks) func marksHideNoSeparator(mark: String) {
        for uri in [
            "http://u:Bilby@\(mark)host/x", "http://u:\(mark)Bilby@h/x", "http://h.org/x?\(mark)k=Bilby",
            "http://h.org/x#\(mark)Bilby", "https:\(mark)//u:Bilby@h", "http://u:Bilby /@\(mark)host/x",
            "s3://k:Bilby@\(mark)b/x",
            "s3://b/x?\(mark)Bilby", "ftp://u:Bilby@\(mark)h/x", "data:image/png,\(mark)Bilby",
            "data:;base64,\(mark)Bilby",
            "data:\(mark)Bilby", "file:///x?\(mark)Bilby", "u:Bilby@\(mark)h", "http:/\(mark)/u:Bilby@h/x",
        ] {
            #expect(!tells(redactedURI(uri)), "\(uri): \(redactedURI(uri))")
            #expect(!tells(VisibleURI(uri).text), "\(uri)")
        }
    }

    @Test(arguments: ["http", "HTTPS", "s3", "ftp", "gs", "file", "x-y.z+1"]) func passwordsMayHoldAnything(
        scheme: String
    ) {
        let signs = ["", "/", "//", "@", "?", "#", ":", "%", " ", "\\", "/@", "?@", "#/", "[", "é/", "\u{1b}["]
        for first in signs {
            for second in signs {
                for name in ["user", "first.last", "AKIA"] {
                    for tail in ["host/x.jpg", "h.example.org:8080/a@2x.png", "host", "h/x?sig=Bilby", "h/x?a=b@Bilby"]
                    {
                        let uri = "\(scheme)://\(name):Bilby\(first)12\(second)Dunnart@\(tail)"
                        #expect(!tells(redactedURI(uri)), "\(uri): \(redactedURI(uri))")
                        #expect(VisibleURI(uri).isAmbiguous || !tells(VisibleURI(uri).host), "\(uri)")
                    }
                }
            }
        }
    }

    /// Passwords of digits look like ports.
    @Test(arguments: [
        "http://user:4711/@host/x", "http://user:4711/8/9@host/x", "https://user:4711?@host", "s3://k:47/11@b/x",
    ])
    func portsThatMayBePasswords(uri: String) {
        #expect(VisibleURI(uri).isAmbiguous)
        #expect(!redactedURI(uri).contains("47"), "\(redactedURI(uri))")
    }

    @Test(arguments: [
        ("https://cdn.example.org/npm/a@1.2/x@2x.png?v=3", "https://cdn.example.org/npm/a@1.2/x@2x.png"),
        ("https://h.example.org/x?mail=a@b.org", "https://h.example.org/x"),
        ("s3://bucket/a@2x.png", "s3://bucket/a@2x.png"),
        ("file:///a/b@2x.png", "file:///a/b@2x.png"), ("http://localhost/@a/b", "http://localhost/@a/b"),
        ("/data/a@b:c.png", "/data/a@b:c.png"),
    ]) func otherSignsOfThatKindStay(uri: String, shown: String) {
        #expect(redactedURI(uri) == shown)
        #expect(!VisibleURI(uri).isAmbiguous)
    }

    @Test func longOnesLoseTheirMiddle() {
        let long = "https://h.example.org/" + String(repeating: "é/", count: 3000) + "last.jpg"
        let shown = redactedURI(long)
        #expect(shown.utf8.count < 300 && shown.hasPrefix("https://h.example.org/") && shown.hasSuffix("last.jpg"))
        #expect(redactedURI("data:" + String(repeating: "x", count: 5000)) == "data:…")
        #expect(redactedURI("data:" + String(repeating: "x", count: 5000) + ",y").utf8.count < 300)
    }

    /// Nothing traps, and what is shown never grows.
    @Test(arguments: 0..<20) func anythingIsShownOrLeftOut(seed: UInt64) {
        var random = SplitMix(state: seed)
        let alphabet = Array("ahtps3file:/@?#.%[],;\\ 4é\u{301}")
        for _ in 0..<2000 {
            let uri = String(
                (0..<Int.random(in: 0...24, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) })
            let visible = VisibleURI(uri)
            #expect(visible.text.utf8.count <= uri.utf8.count + 5, "\(uri)")
            #expect(!visible.text.utf8.contains(UInt8(ascii: "?")) && !visible.text.utf8.contains(UInt8(ascii: "#")))
            _ = redactedURI(uri)
        }
    }
}
