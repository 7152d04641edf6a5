import ArgumentParser
import Foundation
import Settings

/// Options that every command has.
struct GlobalOptions: ParsableArguments {
    @Option(help: ArgumentHelp("JSON file with settings (environment: ENTENTE_CONFIG).", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String?

    func settings(_ flags: [Setting: String?] = [:]) async throws(SettingsError) -> Settings {
        var flags = flags.compactMapValues { $0 }
        flags[.logLevel] = logLevel
        let settings = try await Settings(flags: flags, configFile: config)
        for warning in settings.warnings { StandardError.write("entente: warning: \(warning)\n") }
        return settings
    }
}

/// How to reach PostgreSQL.
struct DatabaseOptions: ParsableArguments {
    @Option(help: ArgumentHelp("libpq connection URI (ENTENTE_POSTGRES_URI).", valueName: "uri"))
    var postgresURI: String?

    var flags: [Setting: String?] { [.postgresURI: postgresURI] }
}

/// How to reach Kafka.
struct KafkaOptions: ParsableArguments {
    @Option(help: ArgumentHelp("host:port, comma-separated (ENTENTE_KAFKA_BOOTSTRAP_SERVERS).", valueName: "servers"))
    var kafkaBootstrapServers: String?

    @Option(help: ArgumentHelp("Topic of image jobs (ENTENTE_KAFKA_TOPIC).", valueName: "name"))
    var kafkaTopic: String?

    @Option(help: ArgumentHelp("Consumer group (ENTENTE_KAFKA_GROUP).", valueName: "name"))
    var kafkaGroup: String?

    var flags: [Setting: String?] {
        [.kafkaBootstrapServers: kafkaBootstrapServers, .kafkaTopic: kafkaTopic, .kafkaGroup: kafkaGroup]
    }
}
