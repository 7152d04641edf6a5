import Testbed
import Testing

@testable import HTTP

@Suite struct AllowedHostsTests {
    private func allows(
        _ list: String, _ host: String, _ address: String, _ port: Int = 80,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Bool {
        let policy = ConnectionPolicy.openNetwork(except: try AllowedHosts(parsing: list))
        return policy.refusal(of: host, at: try #require(IPAddress(parsing: address)), port: port) == nil
    }

    @Test func namesAddressesAndRanges() throws {
        let list = "images.internal, 10.1.0.0/16,127.0.0.1:8080 ,[fd12::/16]:443,fd34::1, Store.Example:9000"
        #expect(try allows(list, "images.internal", "192.168.0.7"))
        #expect(try !allows(list, "other.internal", "192.168.0.7"))
        #expect(try allows(list, "anything", "10.1.2.3", 4711))
        #expect(try !allows(list, "anything", "10.2.2.3"))
        #expect(try allows(list, "localhost", "127.0.0.1", 8080))
        #expect(try !allows(list, "localhost", "127.0.0.1", 5432))
        #expect(try allows(list, "x", "fd12::9", 443))
        #expect(try !allows(list, "x", "fd12::9", 80))
        #expect(try allows(list, "x", "fd34::1", 80))
        #expect(try allows(list, "store.example", "10.9.9.9", 9000))
        #expect(try !allows(list, "store.example", "10.9.9.9", 80))
        #expect(try allows("", "example.org", "93.184.216.34"))
    }

    /// A machine's credentials are had by nobody who was not told of them by their very address.
    @Test func metadataHasToBeNamed() throws {
        for list in ["169.254.0.0/16", "0.0.0.0/0", "evil.example"] {
            #expect(try !allows(list, "evil.example", "169.254.169.254"), "\(list)")
        }
        #expect(try allows("169.254.169.254", "x", "169.254.169.254"))
        #expect(try allows("169.254.0.0/16", "x", "169.254.1.1"))
    }

    @Test(arguments: [
        "http://host", "a b", "host:port", "host:0", "host:65536", "10.0.0.0/33", "[fd00::1", "[fd00::1]x",
        "*.internal",
        "ok,user@host",
    ]) func nonsenseIsNamed(list: String) throws {
        let error = #expect(throws: AllowedHosts.Malformed.self) { try AllowedHosts(parsing: list) }
        #expect(error?.entry == list.replacing("ok,", with: ""))
    }
}
