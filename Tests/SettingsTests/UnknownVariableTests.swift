import Testbed
import Testing

@testable import Settings

@Suite struct UnknownVariableTests {
    private func warnings(_ variables: String...) async throws -> [String] {
        try await Settings(environment: Dictionary(uniqueKeysWithValues: variables.map { ($0, "Wombat") })).warnings
    }

    @Test(arguments: [
        ("ENTENTE_KAFKA_BOOTSTRAP_SERVER", "ENTENTE_KAFKA_BOOTSTRAP_SERVERS"),
        ("ENTENTE_WORKER_LANE", "ENTENTE_WORKER_LANES"), ("ENTENTE_POSTGRES_URL", "ENTENTE_POSTGRES_URI"),
        ("ENTENTE_MODELS_PATH", "ENTENTE_MODEL_PATH"), ("ENTENTE_KAFAK_TOPIC", "ENTENTE_KAFKA_TOPIC"),
        ("ENTENTE_KAFKA_SASL_USERNAME", "ENTENTE_KAFKA_PROPERTIES_SASL_USERNAME"),
        ("ENTENTE_KAFKA_PROPERTY_SSL_CA_LOCATION", "ENTENTE_KAFKA_PROPERTIES_SSL_CA_LOCATION"),
        ("ENTENTE_KAFKA_PROPERTIES_", "ENTENTE_KAFKA_"), ("ENTENTE_KERNEL", "ENTENTE_KERNELS"),
    ]) func theNearestIsNamed(variable: String, nearest: String) async throws {
        let warnings = try await warnings(variable, "ENTENTE_LOG_LEVEL", "PATH")
        #expect(warnings.count == 1 && warnings[0].contains("“\(variable)”"), "\(warnings)")
        #expect(
            variable == "ENTENTE_KAFKA_PROPERTIES_" || warnings[0].contains("; \(nearest) may be meant"), "\(warnings)")
        #expect(!warnings[0].contains("Wombat"))
    }

    @Test func whatIsLikeNothingHasNoNearest() async throws {
        let warnings = try await warnings("ENTENTE_QUOLL")
        #expect(warnings == ["“ENTENTE_QUOLL” is not a setting and changes nothing."])
    }

    @Test func whatIsKnownIsNotWarnedOf() async throws {
        for setting in Setting.allCases { #expect(try await warnings(setting.variable) == []) }
        for variable in [
            "ENTENTE_KERNELS", "ENTENTE_KAFKA_PROPERTIES_SSL_CA_LOCATION", "ENTENTE_TEST_KAFKA",
            // A pod is told of the services of its namespace.
            "ENTENTE_SERVICE_HOST", "ENTENTE_WORKER_SERVICE_PORT", "ENTENTE_WORKER_SERVICE_PORT_METRICS",
            "ENTENTE_WORKER_PORT", "ENTENTE_WORKER_PORT_9464_TCP", "ENTENTE_WORKER_PORT_9464_TCP_ADDR", "entente_x",
            "XENTENTE_Y",
        ] { #expect(try await warnings(variable) == [], "\(variable)") }
        // This one's file is read at once.
        let scratch = try ScratchFolder()
        defer { scratch.remove() }
        let file = try scratch.write("{}", to: "settings.json")
        #expect(try await Settings(environment: ["ENTENTE_CONFIG": file]).warnings == [])
    }

    @Test(arguments: [
        ("", "", 0), ("abc", "", 3), ("abc", "abd", 1), ("ab", "ba", 1), ("kitten", "sitting", 3), ("", "ab", 2),
    ])
    func distancesAreCounted(one: String, other: String, distance: Int) {
        #expect(Settings.editDistance(one, other) == distance && Settings.editDistance(other, one) == distance)
    }
}
