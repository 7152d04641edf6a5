import Configuration
import Foundation
import SystemPackage

/// Everything that can be set from outside, and the one place where it is documented.
///
/// A flag wins over the environment, the environment over the JSON file that `--config` or `ENTENTE_CONFIG` names,
/// and that over the default. The key `kafka.bootstrap_servers` is `ENTENTE_KAFKA_BOOTSTRAP_SERVERS` in the
/// environment and `{"kafka": {"bootstrap_servers": …}}` in the file.
package enum Setting: String, CaseIterable {
    /// libpq connection URI; holds a password, so it is never logged.
    case postgresURI = "postgres.uri"
    /// File that holds it instead; read when a command connects.
    case postgresURIFile = "postgres.uri_file"
    /// `host:port`, comma-separated.
    case kafkaBootstrapServers = "kafka.bootstrap_servers"
    /// Properties file of librdkafka's properties, those with passwords among them; see `docs/kafka.md`. What the environment or the
    /// JSON file says of a property goes before it.
    case kafkaConfigFile = "kafka.config_file"
    /// Topic of image jobs.
    case kafkaTopic = "kafka.topic"
    /// Topic that dead letters go to, another one. None: the name of that of image jobs with `.dead-letters` behind it.
    case kafkaDeadLetterTopic = "kafka.dead_letter_topic"
    /// Consumer group; offsets in the database are kept per group.
    case kafkaGroup = "kafka.group"
    /// Directories that are, or hold, model directories; colon-separated.
    case modelPath = "model.path"
    /// Directories below which `file://` images may lie; colon-separated. None: `file://` is refused.
    case fileRoots = "file.roots"
    /// The folder of the demo's model and pictures.
    case share = "share"
    /// Compute lanes; each is a thread with BLAS single-threaded. Default: one a core.
    case workerLanes = "worker.lanes"
    /// Pictures per encoder call. Changes speed and memory, never a result.
    case workerBatchSize = "worker.batch_size"
    /// Models that stay in memory, with the analyses that ran on them last, beside those of jobs in flight.
    case workerModels = "worker.models"
    /// Threads that fetch and decode pictures. Default: one a core.
    case workerFetchThreads = "worker.fetch_threads"
    /// Bytes of a picture's file at most.
    case imageMaxBytes = "image.max_bytes"
    /// Pixels of a picture at most.
    case imageMaxPixels = "image.max_pixels"
    /// Bytes that all pictures may take together while they are decoded and fitted; one that needs more alone fails.
    case imageMemory = "image.memory"
    /// Seconds for which the fetch of one image is retried.
    case fetchGiveUpAfter = "fetch.give_up_after"
    /// Seconds that one attempt at fetching an image may take, redirects included.
    case fetchTimeout = "fetch.timeout"
    /// Hosts that images may be fetched from although they lie at an address that is not of the open network: names,
    /// addresses and ranges such as `10.1.0.0/16`, each with or without `:port`; comma-separated.
    case httpAllowedHosts = "http.allowed_hosts"
    /// URL of the object store that `s3://` means. None: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, else Amazon's of the
    /// region.
    case s3Endpoint = "s3.endpoint"
    /// Where an object store's URLs have the bucket: `path` or `host`. None: in the host at Amazon's, else in the path.
    case s3Addressing = "s3.addressing"
    /// The worker stops once more than this many of its last 100 images failed; 100: never.
    case failureImageLimit = "failure.image_limit"
    /// The worker stops once this many jobs in a row had no image that succeeded; 0: never.
    case failureJobLimit = "failure.job_limit"
    /// Seconds that a worker may take to finish after SIGTERM.
    case workerGracePeriod = "worker.grace_period"
    /// Where `worker` answers probes and scrapers, and `explore` people, as `host:port`; port 0 is any free one. None: nowhere,
    /// and of `explore` 127.0.0.1:8080.
    case httpAddress = "http.address"
    /// What whoever looks at the explorer has to send; a secret, so it is never logged.
    case exploreToken = "explore.token"
    /// Header in which a proxy in front of the explorer says who asks; whoever comes without it is refused.
    case exploreTrustHeader = "explore.trust_header"
    /// Names that browsers call the explorer by, besides its address and localhost; comma-separated. Whoever asks by another is
    /// refused, but with a token alone any will do where none are listed.
    case exploreHosts = "explore.hosts"
    /// Seconds for which the explorer keeps a model that nobody asks for a map; 0: it makes no maps of texts.
    case exploreMapIdle = "explore.map_idle"
    /// trace, debug, info, notice, warning, error or critical.
    case logLevel = "log.level"

    var defaultValue: String? {
        let cores = String(ProcessInfo.processInfo.activeProcessorCount)
        return switch self {
        case .postgresURI, .kafkaBootstrapServers, .modelPath, .fileRoots, .share, .httpAddress, .httpAllowedHosts,
            .s3Endpoint, .s3Addressing, .kafkaDeadLetterTopic, .postgresURIFile, .kafkaConfigFile, .exploreToken,
            .exploreTrustHeader, .exploreHosts:
            nil
        case .kafkaTopic: "entente.image-jobs"
        case .kafkaGroup: "entente"
        case .workerLanes, .workerFetchThreads: cores
        case .workerBatchSize: "16"
        case .workerModels: "2"
        case .imageMaxBytes: String(64 << 20)
        case .imageMaxPixels: "100000000"
        case .imageMemory: String(1 << 30)
        case .fetchGiveUpAfter: "600"
        case .fetchTimeout: "60"
        case .failureImageLimit: "20"
        case .failureJobLimit: "10"
        case .workerGracePeriod: "30"
        case .exploreMapIdle: "600"
        case .logLevel: "info"
        }
    }

    /// The environment variable.
    package var variable: String { "ENTENTE_" + rawValue.replacing(".", with: "_").uppercased() }
}

/// The settings in force.
package struct Settings: Sendable {
    private let flags: [Setting: String]
    private let reader: ConfigReader
    let environment: [String: String]
    /// librdkafka's properties that the JSON file has below `kafka.properties`.
    private let fileProperties: [String: String]

    /// - Parameters:
    ///   - flags: what the command line said.
    ///   - configFile: a JSON file, or nil for the one that `ENTENTE_CONFIG` names, if any.
    package init(
        flags: [Setting: String] = [:], configFile: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws(SettingsError) {
        self.flags = flags
        self.environment = environment
        let variables = EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "entente")
        guard let path = configFile ?? environment["ENTENTE_CONFIG"].map(Self.trimmed) else {
            reader = ConfigReader(provider: variables)
            fileProperties = [:]
            return
        }
        fileProperties = try SettingsFile.check(path)
        do {
            reader = ConfigReader(providers: [
                variables, try await FileProvider<JSONSnapshot>(filePath: FilePath(path)),
            ])
        } catch {
            throw SettingsError("The configuration file \(path) can't be used: \(error).")
        }
    }

    /// The value without white space around it, or the default, or nil.
    package func value(_ setting: Setting) -> String? {
        if let flag = flags[setting] { return Self.trimmed(flag) }
        let key = ConfigKey(setting.rawValue)
        let secret = setting == .postgresURI || setting == .exploreToken
        let text = reader.string(forKey: key, isSecret: secret) ?? reader.int(forKey: key).map(String.init)
        return text.map(Self.trimmed) ?? setting.defaultValue
    }

    /// Secrets that are made of files end in a line break, and no setting means one.
    private static func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }

    /// The value; a missing one is a usage error that names the variable. The database's URI may be in a file.
    package func required(_ setting: Setting) throws(SettingsError) -> String {
        if setting == .postgresURI, let uri = try postgresURIOfFile() { return uri }
        guard let value = value(setting), !value.isEmpty else {
            throw SettingsError("\(setting.variable) is not set.")
        }
        return value
    }

    /// - Throws: ``SettingsError`` for a file that can't be used, and for a URI that is given beside it.
    private func postgresURIOfFile() throws(SettingsError) -> String? {
        guard flags[.postgresURI] == nil, let path = value(.postgresURIFile), !path.isEmpty else { return nil }
        let (uri, file) = (Setting.postgresURI.variable, Setting.postgresURIFile.variable)
        guard value(.postgresURI)?.isEmpty != false else {
            throw SettingsError("\(uri) and \(file) are both set; leave one out.")
        }
        let text = Self.trimmed(try SecretFile.read(path, limit: 1 << 16))
        guard !text.isEmpty, !text.contains(where: \.isNewline) else {
            throw SettingsError("\(file) names \(quoted(path)), which has to hold one line, the database's URI.")
        }
        return text
    }

    /// A whole number within `range`.
    package func integer(_ setting: Setting, in range: ClosedRange<Int>) throws(SettingsError) -> Int {
        let text = try required(setting)
        guard let number = Int(text), range.contains(number) else {
            throw SettingsError(
                "\(setting.variable) is \"\(text)\"; it has to be a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound).")
        }
        return number
    }

    /// A variable that other programs know too, such as `AWS_REGION`; nil if it is empty.
    package func foreign(_ variable: String) -> String? {
        environment[variable].map(Self.trimmed).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The colon-separated paths of a setting.
    package func paths(_ setting: Setting) -> [String] {
        (value(setting) ?? "").split(separator: ":").map(String.init)
    }

    /// What variables of librdkafka's properties begin with.
    static let kafkaPropertiesPrefix = "ENTENTE_KAFKA_PROPERTIES_"

    /// librdkafka's properties: `ENTENTE_KAFKA_PROPERTIES_SECURITY_PROTOCOL` is `security.protocol`. The environment goes before the
    /// JSON file, which has them below `kafka.properties`. Of line breaks at the end alone it is certain that no password means them.
    package var kafkaProperties: [String: String] {
        environment.reduce(into: fileProperties) { properties, variable in
            guard variable.key.hasPrefix(Self.kafkaPropertiesPrefix) else { return }
            let name = variable.key.dropFirst(Self.kafkaPropertiesPrefix.count).lowercased().replacing("_", with: ".")
            properties[name] = variable.value.trimmingCharacters(in: .newlines)
        }
    }

    /// What the properties file says, which goes behind ``kafkaProperties``; empty without one.
    ///
    /// - Throws: ``SettingsError`` that names file and line and repeats no value.
    package func kafkaConfigFile() throws(SettingsError) -> [String: String] {
        guard let path = value(.kafkaConfigFile), !path.isEmpty else { return [:] }
        return try PropertiesFile.read(path)
    }
}
