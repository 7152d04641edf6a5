import Testing

@testable import HTTP
@testable import Settings

@Suite struct HTTPURLTests {
    @Test func partsAreNormalised() throws {
        let url = try HTTPURL(parsing: "HTTPS://User:Pass@Example.ORG/a/../b c/é.jpg?x=1#top")
        #expect((url.scheme, url.host, url.port) == ("https", "example.org", 443))
        #expect(url.path == "/b%20c/%c3%a9.jpg" || url.path == "/b%20c/%C3%A9.jpg", "\(url.path)")
        #expect(try HTTPURL(parsing: "http://[2001:DB8::1]:81").host == "2001:db8::1")
        #expect(try HTTPURL(parsing: "http://h/%2e%2e/%20x").path.hasSuffix("%20x"))
    }

    /// However a number is written, it is the address that the library connects to.
    @Test(arguments: ["2130706433", "0177.0.0.1", "0x7f.1", "127.1", "0x7f000001", "017700000001"])
    func spellingsOfLoopback(host: String) throws {
        #expect(try HTTPURL(parsing: "http://\(host)/").host == "127.0.0.1")
    }

    @Test func redirectsAreRelative() throws {
        let url = try HTTPURL(parsing: "http://h:81/a/b?x")
        #expect(try url.resolving("c").text == "http://h:81/a/c")
        #expect(try url.resolving("/c?d").text == "http://h:81/c?d")
        #expect(try url.resolving("//i/c").text == "http://i/c")
        #expect(try url.resolving("https://i").text == "https://i/")
        #expect(try url.hasOrigin(of: url.resolving("c")))
        for other in ["https://h:81/", "http://h/", "http://i:81/"] {
            #expect(try !url.hasOrigin(of: HTTPURL(parsing: other)), "\(other)")
        }
    }

    @Test func otherSchemesAreNamed() throws {
        let url = try HTTPURL(parsing: "http://h/")
        for location in ["file:///etc/passwd", "ftp://h/x", "gopher://h/x", "dict://h:1/x"] {
            let scheme = String(location.prefix { $0 != ":" })
            #expect(throws: HTTPURL.Problem.scheme(scheme)) { try url.resolving(location) }
            #expect(throws: HTTPURL.Problem.scheme(scheme)) { try HTTPURL(parsing: location) }
        }
    }

    @Test(arguments: ["http://", "http://h:port/", "http://h:99999/", "http://a b/", "http://h/\0x", "x.jpg", ""])
    func noURL(text: String) { #expect(throws: HTTPURL.Problem.malformed) { try HTTPURL(parsing: text) } }

    @Test func keysOfAnObjectStoreStayAsTheyAre() throws {
        #expect(try HTTPURL(parsing: "http://h/b/../x//y/./z", asIs: true).path == "/b/../x//y/./z")
    }
}
