import Testbed
import Testing

@testable import Settings

@Suite struct ShareFolderTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    @Test func theSettingComesFirst() async throws {
        try scratch.write("name: x", to: "demo/analysis.yaml")
        let settings = try await Settings(environment: ["ENTENTE_SHARE": scratch.path])
        #expect(try ShareFolder.findDemo(settings) == scratch.path)
    }

    /// Who names a folder wants that one, and no other in its stead.
    @Test func aSettingThatHoldsNoDemoIsNamed() async throws {
        let settings = try await Settings(environment: ["ENTENTE_SHARE": scratch.path])
        let failure = #expect(throws: SettingsError.self) { try ShareFolder.findDemo(settings) }
        #expect(failure?.description.contains("ENTENTE_SHARE is \(scratch.path)") == true)
        #expect(failure?.description.contains("demo/analysis.yaml") == true)
    }

    /// The tests' executable lies in the checkout, as the product's does.
    @Test func theCheckoutIsFoundFromTheExecutable() async throws {
        let found = try ShareFolder.findDemo(try await Settings(environment: [:]))
        #expect(found + "/demo" == Checkout.demo)
    }
}
