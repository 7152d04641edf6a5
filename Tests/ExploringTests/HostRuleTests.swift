import Settings
import Testing

@testable import Exploring

struct HostRuleTests {
    private static let header = AccessRule.header("X-User")
    private static let token = AccessRule.token(AccessToken("0123456789abcdef"))

    private static func refusal(_ rule: HostRule?, _ host: String) -> ExplorerProblem? {
        rule?.refusal(of: ExplorerRequest(target: "/", headers: ["Host": host]))
    }

    @Test(arguments: ["localhost", "LOCALHOST:8080", "127.0.0.1:80", "127.1.2.3", "[::1]:8080", "[::1]", "localhost."])
    func thisMachineAnswersToItsOwnNames(_ host: String) throws {
        #expect(Self.refusal(try HostRule(nil, for: .thisMachine, at: "127.0.0.1"), host) == nil)
    }

    @Test(arguments: [
        "evil.example", "localhost.evil.example:8080", "127.0.0.1.evil.example", "10.0.0.1", "[::2]", "", "127.0.0.1@x",
    ])
    func andToNoOthers(_ host: String) throws {
        let rule = try #require(try HostRule(nil, for: .thisMachine, at: "localhost"))
        #expect(Self.refusal(rule, host)?.kind == .forbidden)
        #expect(rule.refusal(of: ExplorerRequest(target: "/"))?.kind == .forbidden)
    }

    @Test(arguments: [
        "explore.example", "Explore.Example:443", "explore.example.", "entente", "entente:8080", "localhost",
        "10.1.2.3:8080",
        "[2001:db8::1]:8080",
    ])
    func behindAProxyItAnswersToWhatIsListed(_ host: String) throws {
        #expect(Self.refusal(try HostRule(" explore.example, entente", for: Self.header, at: "0.0.0.0"), host) == nil)
    }

    /// A page of such a name that resolves to the proxy, which knows who asks by their address, must not read along.
    @Test(arguments: [
        "evil.example", "explore.example.evil.example", "", "10.1.2.3.evil.example", "xn--explore.example",
    ])
    func andNotToAnyOther(_ host: String) throws {
        #expect(
            Self.refusal(try HostRule("explore.example", for: Self.header, at: "0.0.0.0"), host)?.sentence.contains(
                "ENTENTE_EXPLORE_HOSTS") == true)
        #expect(Self.refusal(try HostRule(nil, for: Self.header, at: "::"), host)?.kind == .forbidden)
    }

    @Test func theAddressThatIsListenedOnIsAName() throws {
        #expect(
            Self.refusal(try HostRule(nil, for: Self.header, at: "Explore.Internal"), "explore.internal:8080") == nil)
        #expect(Self.refusal(try HostRule("a.example", for: Self.header, at: "b.example"), "b.example") == nil)
    }

    @Test func whoKnowsTheTokenMayUseAnyNameUnlessSomeAreListed() throws {
        #expect(try HostRule(nil, for: Self.token, at: "0.0.0.0") == nil)
        #expect(try HostRule("", for: Self.token, at: "0.0.0.0") == nil)
        let rule = try HostRule("explore.example", for: Self.token, at: "0.0.0.0")
        #expect(Self.refusal(rule, "explore.example") == nil)
        #expect(Self.refusal(rule, "evil.example")?.kind == .forbidden)
    }

    @Test func aTunnelsNameCanBeListed() throws {
        let rule = try HostRule("far.example", for: .thisMachine, at: "127.0.0.1")
        #expect(Self.refusal(rule, "far.example:9000") == nil)
        #expect(Self.refusal(rule, "near.example:9000")?.kind == .forbidden)
    }

    @Test(arguments: [
        "a.example:80", "a.example b.example", "cafe:80", "10.0.0.5:8080", "https://a.example", "*.example", "a_/",
        "-a", "a-.", "[::1]", ".", "-",
    ])
    func whatIsNoNameIsRefused(_ listed: String) {
        #expect {
            _ = try HostRule("b.example, " + listed, for: Self.header, at: "::")
        } throws: { "\($0)".contains("ENTENTE_EXPLORE_HOSTS") }
    }
}
