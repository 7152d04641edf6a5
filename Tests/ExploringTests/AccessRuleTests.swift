import Settings
import Testing

@testable import Exploring

struct AccessRuleTests {
    private static func request(_ target: String = "/", _ headers: [String: String] = [:]) -> ExplorerRequest {
        ExplorerRequest(target: target, headers: headers)
    }

    @Test func aTokenIsAskedFor() {
        let token = AccessToken("0123456789abcdef")
        let rule = AccessRule.token(token)
        #expect(rule.refusal(of: Self.request())?.kind == .unauthorized)
        #expect(rule.refusal(of: Self.request("/?token=0123456789abcdeg"))?.kind == .unauthorized)
        #expect(rule.refusal(of: Self.request("/?token=0123456789abcdef")) == nil)
        #expect(rule.refusal(of: Self.request("/", ["Authorization": "bearer 0123456789abcdef"])) == nil)
        #expect(rule.refusal(of: Self.request("/", ["Authorization": "Basic 0123456789abcdef"]))?.kind == .unauthorized)
        #expect(rule.refusal(of: Self.request("/", ["Cookie": "a=b; entente-explore=\(token.cookie)"])) == nil)
        // The cookie is not the token, and the token not a cookie.
        #expect(!token.cookie.contains("0123456789abcdef"))
        #expect(
            rule.refusal(of: Self.request("/", ["Cookie": "entente-explore=0123456789abcdef"]))?.kind == .unauthorized)
    }

    @Test func aProxyHasToSayWhoAsks() {
        let rule = AccessRule.header("X-Forwarded-User")
        #expect(rule.refusal(of: Self.request("/", ["x-forwarded-user": "ada"])) == nil)
        #expect(rule.refusal(of: Self.request("/", ["X-Forwarded-User": ""]))?.kind == .unauthorized)
        #expect(rule.refusal(of: Self.request("/", ["X-User": "ada"]))?.kind == .unauthorized)
    }

    private static func options(_ host: String, token: String? = nil, header: String? = nil) -> ExplorerServer.Options {
        var options = ExplorerServer.Options(host: host, port: 0, share: "")
        (options.token, options.trustedHeader) = (token, header)
        return options
    }

    @Test(arguments: ["0.0.0.0", "::", "10.1.2.3", "explore.example", "128.0.0.1"]) func nothingIsOpenToOthersByItself(
        _ host: String
    ) {
        #expect { try ExplorerServer.access(Self.options(host)) } throws: { "\($0)".contains("ENTENTE_EXPLORE_TOKEN") }
        #expect(throws: Never.self) { try ExplorerServer.access(Self.options(host, token: "0123456789abcdef")) }
        #expect(throws: Never.self) { try ExplorerServer.access(Self.options(host, header: "X-User")) }
    }

    @Test func whatIsSetWronglyIsNamed() {
        #expect { try ExplorerServer.access(Self.options("0.0.0.0", token: "short")) } throws: {
            "\($0)".contains("at least 16") && !"\($0)".contains("short")
        }
        #expect { try ExplorerServer.access(Self.options("::1", header: "X User")) } throws: {
            "\($0)".contains("X User")
        }
        #expect { try ExplorerServer.access(Self.options("::1", token: "0123456789abcdef", header: "X")) } throws: {
            "\($0)".contains("both set")
        }
    }
}
