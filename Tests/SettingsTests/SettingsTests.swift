import Testbed
import Testing

@testable import Settings

@Suite struct SettingsTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    @Test func variablesHaveTheirNames() {
        let names = Setting.allCases.map(\.variable)
        #expect(
            names == [
                "ENTENTE_POSTGRES_URI", "ENTENTE_POSTGRES_URI_FILE", "ENTENTE_KAFKA_BOOTSTRAP_SERVERS",
                "ENTENTE_KAFKA_CONFIG_FILE", "ENTENTE_KAFKA_TOPIC",
                "ENTENTE_KAFKA_DEAD_LETTER_TOPIC", "ENTENTE_KAFKA_GROUP",
                "ENTENTE_MODEL_PATH", "ENTENTE_FILE_ROOTS", "ENTENTE_SHARE", "ENTENTE_WORKER_LANES",
                "ENTENTE_WORKER_BATCH_SIZE", "ENTENTE_WORKER_MODELS", "ENTENTE_WORKER_FETCH_THREADS",
                "ENTENTE_IMAGE_MAX_BYTES",
                "ENTENTE_IMAGE_MAX_PIXELS", "ENTENTE_IMAGE_MEMORY", "ENTENTE_FETCH_GIVE_UP_AFTER",
                "ENTENTE_FETCH_TIMEOUT",
                "ENTENTE_HTTP_ALLOWED_HOSTS", "ENTENTE_S3_ENDPOINT", "ENTENTE_S3_ADDRESSING",
                "ENTENTE_FAILURE_IMAGE_LIMIT",
                "ENTENTE_FAILURE_JOB_LIMIT", "ENTENTE_WORKER_GRACE_PERIOD", "ENTENTE_HTTP_ADDRESS",
                "ENTENTE_EXPLORE_TOKEN", "ENTENTE_EXPLORE_TRUST_HEADER", "ENTENTE_EXPLORE_HOSTS",
                "ENTENTE_EXPLORE_MAP_IDLE", "ENTENTE_LOG_LEVEL",
            ])
    }

    /// The name that is documented is the one that is read.
    @Test(arguments: Setting.allCases) func eachVariableIsRead(setting: Setting) async throws {
        let settings = try await Settings(environment: [setting.variable: "from the environment"])
        #expect(settings.value(setting) == "from the environment")
        for other in Setting.allCases where other != setting {
            #expect(settings.value(other) == other.defaultValue, "\(other)")
        }
    }

    @Test(arguments: Setting.allCases) func eachKeyOfTheFileIsRead(setting: Setting) async throws {
        let keys = setting.rawValue.split(separator: ".")
        let json = keys.reversed().reduce("\"from the file\"") { "{\"\($1)\": \($0)}" }
        // A file holds an object, and `share` has no dot.
        let path = try scratch.write(json, to: "settings.json")
        let settings = try await Settings(configFile: path, environment: [:])
        #expect(settings.value(setting) == "from the file")
    }

    @Test func flagThenEnvironmentThenFileThenDefault() async throws {
        let path = try scratch.write(
            #"{"kafka": {"topic": "file", "group": "file"}, "worker": {"lanes": 3, "batch_size": 5}, "log": {"level": "debug"}}"#,
            to: "settings.json")
        let settings = try await Settings(
            flags: [.kafkaTopic: "flag"], configFile: path,
            environment: ["ENTENTE_KAFKA_TOPIC": "environment", "ENTENTE_WORKER_LANES": "2"])
        #expect(settings.value(.kafkaTopic) == "flag")
        #expect(try settings.integer(.workerLanes, in: 1...9) == 2)
        #expect(settings.value(.kafkaGroup) == "file")
        #expect(try settings.integer(.workerBatchSize, in: 1...9) == 5)
        #expect(settings.value(.logLevel) == "debug")
        #expect(settings.value(.imageMaxPixels) == "100000000")
        #expect(settings.value(.postgresURI) == nil)
    }

    /// As Kubernetes makes variables of secrets that were made of files; what is within stays.
    @Test func whiteSpaceAroundValuesIsDropped() async throws {
        let path = try scratch.write(#"{"kafka": {"group": "\tg h\r\n"}, "model": {"path": " /m:/n "}}"#, to: "s.json")
        let settings = try await Settings(
            flags: [.kafkaTopic: " t "],
            environment: [
                "ENTENTE_CONFIG": path + "\n", "ENTENTE_POSTGRES_URI": "postgresql://u:p@h/d\n",
                "ENTENTE_WORKER_LANES": "\r\n 3\n", "ENTENTE_FILE_ROOTS": "/a b:/c\n", "ENTENTE_SHARE": " \n",
                "AWS_REGION": "eu-west-1\n", "HF_TOKEN": "\n", "ENTENTE_KAFKA_PROPERTIES_SASL_PASSWORD": " Numbat \r\n",
            ])
        #expect(settings.value(.kafkaTopic) == "t" && settings.value(.kafkaGroup) == "g h")
        #expect(try settings.required(.postgresURI) == "postgresql://u:p@h/d")
        #expect(try settings.integer(.workerLanes, in: 1...9) == 3)
        #expect(settings.paths(.fileRoots) == ["/a b", "/c"] && settings.paths(.modelPath) == ["/m", "/n"])
        #expect(settings.foreign("AWS_REGION") == "eu-west-1" && settings.foreign("HF_TOKEN") == nil)
        #expect(settings.kafkaProperties == ["sasl.password": " Numbat "])
        #expect(throws: SettingsError.self) { try settings.required(.share) }
    }

    @Test func aFileMayBeginWithAByteOrderMark() async throws {
        let path = try scratch.write("\u{FEFF}" + #"{"kafka": {"group": "g"}, "worker": {"lanes": 2}}"#, to: "s.json")
        let settings = try await Settings(configFile: path, environment: [:])
        #expect(settings.value(.kafkaGroup) == "g")
        #expect(try settings.integer(.workerLanes, in: 1...9) == 2)
    }

    @Test func theEnvironmentMayNameTheFile() async throws {
        let one = try scratch.write(#"{"kafka": {"topic": "one"}}"#, to: "1.json")
        let two = try scratch.write(#"{"kafka": {"topic": "two"}}"#, to: "2.json")
        #expect(try await Settings(environment: ["ENTENTE_CONFIG": one]).value(.kafkaTopic) == "one")
        #expect(try await Settings(configFile: two, environment: ["ENTENTE_CONFIG": one]).value(.kafkaTopic) == "two")
    }

    @Test func missingOnesAreNamedByVariable() async throws {
        for environment in [[:], ["ENTENTE_POSTGRES_URI": ""]] {
            let settings = try await Settings(environment: environment)
            let failure = #expect(throws: SettingsError.self) { try settings.required(.postgresURI) }
            #expect(failure?.description.contains("ENTENTE_POSTGRES_URI") == true)
        }
    }

    @Test(arguments: ["", "four", "4.0", "4 5", "0", "-1", "11", "99999999999999999999", "0x4"])
    func badNumbersAreNamed(text: String) async throws {
        let settings = try await Settings(environment: ["ENTENTE_WORKER_LANES": text])
        let failure = #expect(throws: SettingsError.self) { try settings.integer(.workerLanes, in: 1...10) }
        #expect(failure?.description.contains("ENTENTE_WORKER_LANES") == true)
        #expect(text.isEmpty || failure?.description.contains("\"\(text)\"") == true)
        #expect(text.isEmpty || failure?.description.contains("from 1 to 10") == true)
    }

    @Test func limitsOfNumbersAreInclusive() async throws {
        let settings = try await Settings(flags: [.workerLanes: "1", .workerBatchSize: "10"], environment: [:])
        #expect(try settings.integer(.workerLanes, in: 1...10) == 1)
        #expect(try settings.integer(.workerBatchSize, in: 1...10) == 10)
    }

    @Test func pathsAreSplitAtColons() async throws {
        let settings = try await Settings(environment: ["ENTENTE_MODEL_PATH": "/a:/b c::d:"])
        #expect(settings.paths(.modelPath) == ["/a", "/b c", "d"])
        #expect(settings.paths(.fileRoots) == [])
    }

    @Test func logLevelsAreNamed() async throws {
        #expect(try await Settings(environment: [:]).logger("x").logLevel == .info)
        #expect(try await Settings(flags: [.logLevel: "error"], environment: [:]).logger("x").logLevel == .error)
        let settings = try await Settings(environment: ["ENTENTE_LOG_LEVEL": "loud"])
        let failure = #expect(throws: SettingsError.self) { try settings.logger("x") }
        for part in ["ENTENTE_LOG_LEVEL", "loud", "trace", "critical"] {
            #expect(failure?.description.contains(part) == true, "\(part)")
        }
    }

    @Test func theDatabaseMayBeNamedInAFile() async throws {
        let path = try scratch.write("\npostgresql://u:Wombat@h/d \r\n", to: "uri")
        let file = ["ENTENTE_POSTGRES_URI_FILE": path]
        #expect(try await Settings(environment: file).required(.postgresURI) == "postgresql://u:Wombat@h/d")
        let flagged = try await Settings(flags: [.postgresURI: "postgresql://flag"], environment: file)
        #expect(try flagged.required(.postgresURI) == "postgresql://flag")
        let empty = try await Settings(environment: file.merging(["ENTENTE_POSTGRES_URI": " "]) { $1 })
        #expect(try empty.required(.postgresURI) == "postgresql://u:Wombat@h/d")

        let both = try await Settings(environment: file.merging(["ENTENTE_POSTGRES_URI": "postgresql://o"]) { $1 })
        let conflict = #expect(throws: SettingsError.self) { try both.required(.postgresURI) }
        #expect(conflict?.description.contains("ENTENTE_POSTGRES_URI and ENTENTE_POSTGRES_URI_FILE") == true)
        for (text, word) in [
            ("\n \n", "one line"), ("postgresql://u:Wombat@h/d\nx", "one line"), (nil, "can't be read"),
        ] {
            let path = try text.map { try scratch.write($0, to: "bad") } ?? scratch("missing")
            let settings = try await Settings(environment: ["ENTENTE_POSTGRES_URI_FILE": path])
            let error = try #require(throws: SettingsError.self) { try settings.required(.postgresURI) }
            #expect(error.description.contains(word) && error.description.contains(path), "\(error)")
            #expect(!error.description.contains("Wombat"))
        }
    }

    /// Names with dots, in levels, or both; the environment goes before.
    @Test func theFileMayHoldPropertiesOfLibrdkafka() async throws {
        let json = """
            {"kafka": {"properties": {"sasl": {"username": "quoll", "mechanism": "PLAIN"}, "ssl.ca.location": "/ca",
            "socket.timeout.ms": 9000, "log.connection.close": false}}}
            """
        let path = try scratch.write(json, to: "settings.json")
        let settings = try await Settings(
            configFile: path, environment: ["ENTENTE_KAFKA_PROPERTIES_SSL_CA_LOCATION": "/other"])
        #expect(
            settings.kafkaProperties == [
                "sasl.username": "quoll", "sasl.mechanism": "PLAIN", "ssl.ca.location": "/other",
                "socket.timeout.ms": "9000", "log.connection.close": "false",
            ])
        for (bad, word) in [
            (#"{"kafka": {"properties": {"a.b": ["Wombat"]}}}"#, "`kafka.properties.a.b` has to be"),
            (#"{"kafka": {"properties": {"a.b": "Wombat", "a": {"b": "Wombat"}}}}"#, "given twice"),
        ] {
            let path = try scratch.write(bad, to: "settings.json")
            let error = await #expect(throws: SettingsError.self) {
                _ = try await Settings(configFile: path, environment: [:])
            }
            #expect(
                error?.description.contains(word) == true && error?.description.contains("Wombat") == false,
                "\(String(describing: error))")
        }
    }
}
