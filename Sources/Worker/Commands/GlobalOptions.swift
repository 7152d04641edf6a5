import ArgumentParser
import Foundation
import Logging

/// Options that every command has.
struct GlobalOptions: ParsableArguments {
    @Option(help: ArgumentHelp("JSON file with settings (environment: ENTENTE_CONFIG).", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String?

    func settings(_ flags: [Setting: String?] = [:]) async throws(CommandFailure) -> Settings {
        var flags = flags.compactMapValues { $0 }
        flags[.logLevel] = logLevel
        return try await Settings(flags: flags, configFile: config)
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

extension Settings {
    /// A logger at the level that is set; writes to standard error, one line an event.
    func logger(_ label: String) throws(CommandFailure) -> Logger {
        let name = try required(.logLevel)
        guard let level = Logger.Level(rawValue: name) else {
            throw CommandFailure(
                .usage,
                "\(Setting.logLevel.variable) is \"\(name)\"; it has to be one of "
                    + Logger.Level.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        var logger = Logger(label: label, factory: StructuredLogHandler.init)
        logger.logLevel = level
        return logger
    }
}
