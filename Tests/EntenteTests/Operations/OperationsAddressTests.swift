import Testing

@testable import Entente
@testable import Settings

@Suite struct OperationsAddressTests {
    @Test(arguments: [
        ("127.0.0.1:0", "127.0.0.1", 0), ("0.0.0.0:9464", "0.0.0.0", 9464), ("localhost:65535", "localhost", 65535),
        ("[::1]:80", "::1", 80),
    ]) func addresses(text: String, host: String, port: Int) {
        let address = OperationsAddress(parsing: text)
        #expect(address == OperationsAddress(host: host, port: port))
        #expect(address?.description == text)
    }

    @Test(arguments: ["9464", ":9464", "host", "host:", "host:-1", "host:65536", "::1:80", "a b:80", "host:80x"])
    func othersAreRefused(text: String) async throws {
        #expect(OperationsAddress(parsing: text) == nil)
        let settings = try await Settings(environment: ["ENTENTE_HTTP_ADDRESS": text])
        let failure = #expect(throws: SettingsError.self) { try settings.operationsAddress() }
        #expect(failure?.description.contains("ENTENTE_HTTP_ADDRESS") == true)
    }

    @Test func noneMeansNoEndpoint() async throws {
        #expect(try await Settings(environment: [:]).operationsAddress() == nil)
        #expect(try await Settings(environment: ["ENTENTE_HTTP_ADDRESS": ""]).operationsAddress() == nil)
    }
}
