import Foundation
import Logging
import Persistence
import Testbed
import Testing

@testable import Kafka

/// Kafka with certificates, log-ins and rights, and what is said when one of them is wrong.
@Suite(
    .serialized, .enabled(if: KafkaDistribution.isNamed, Comment(rawValue: KafkaDistribution.absence)), .startsWorkers)
struct SecuredKafkaTests {
    private static let secrets = Array(SecuredSite.passwords.values) + ["Wallaby-3"]

    private static func expectSilence(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        for secret in secrets { #expect(!text.contains(secret), sourceLocation: sourceLocation) }
    }

    /// A command against a port, and what its last line has to say.
    private struct Fault {
        let environment: [String: String]
        let words: [String]

        init(_ environment: [String: String], _ words: String...) {
            self.environment = environment
            self.words = words
        }
    }

    @Test func eachFaultHasASentenceOfItsOwn() async throws {
        try await onOwnThread {
            let secured = try SecuredSite()
            defer { secured.end() }
            let site = secured.site
            let silent = try BluntServer(nil)
            let web = try BluntServer(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
            // An error as PostgreSQL begins it, to a start-up message of a version that it does not know.
            let database = try BluntServer([UInt8(ascii: "E"), 0, 0, 0, 0x8E] + Array("SFATAL\0".utf8))
            defer { [silent, web, database].forEach { $0.stop() } }
            func at(_ address: String, _ properties: [String: String] = [:]) -> [String: String] {
                SecuredSite.variables(properties).merging(["ENTENTE_KAFKA_BOOTSTRAP_SERVERS": address]) { $1 }
            }
            func own(_ certificate: TestCertificate) -> [String: String] {
                secured.environment("MUTUAL", secured.tls).merging(certificate.environment) { $1 }
            }
            let plain = SecuredSite.open("quoll")
            let faults: [String: Fault] = try [
                "unknown authority": Fault(
                    secured.environment(
                        "RIGHT", ["security.protocol": "ssl", "ssl.ca.location": secured.stranger.certificate]),
                    "authority that is not trusted", "ssl.ca.location"),
                "other name": Fault(
                    secured.environment("NAME", secured.tls), "other names than 127.0.0.1", "advertised.listeners"),
                "expired": Fault(secured.environment("EXPIRED", secured.tls), "has expired", "renewed one"),
                "no client certificate": Fault(
                    secured.environment("MUTUAL", secured.tls), "none is given; set ssl.certificate.location"),
                "foreign client certificate": Fault(
                    own(try secured.stranger.issue("visitor")), "refuses the client's certificate"),
                "expired client certificate": Fault(
                    own(secured.authority.issue("late", until: .now - 60)), "refuses the client's certificate"),
                "wrong password": Fault(
                    secured.environment("LOGIN", secured.login("quoll", "Wallaby-3")), "refuses the log-in by PLAIN",
                    "sasl.password"),
                "unknown user": Fault(
                    secured.environment("OPEN", SecuredSite.open("wombat", "Wallaby-3")), "refuses the log-in by PLAIN"),
                "other mechanism": Fault(
                    secured.environment("OPEN", plain.merging(["sasl.mechanism": "SCRAM-SHA-256"]) { $1 }),
                    "offers the mechanisms PLAIN and not SCRAM-SHA-256"),
                "log-in where there is none": Fault(
                    at(secured.kafka.bootstrapServers, plain), "takes no log-in at this port", "plaintext"),
                "no log-in": Fault(
                    secured.environment("LOGIN", secured.tls), "as brokers do that want a log-in", "sasl_ssl"),
                "no TLS": Fault(secured.environment("RIGHT", [:]), "security.protocol to ssl"),
                "TLS where there is none": Fault(at(secured.kafka.bootstrapServers, secured.tls), "speaks no TLS"),
                "no such name": Fault(at("kafka.invalid:9092"), "this name has no address"),
                "nobody": Fault(at("127.0.0.1:1"), "nothing listens there", "ENTENTE_KAFKA_BOOTSTRAP_SERVERS"),
                "web": Fault(at("127.0.0.1:\(web.port)"), "an HTTP server answers"),
                "database": Fault(at("127.0.0.1:\(database.port)"), "a PostgreSQL server answers"),
                "silence": Fault(at("127.0.0.1:\(silent.port)"), "no answer in Kafka's protocol"),
                "silence under TLS": Fault(
                    at("127.0.0.1:\(silent.port)", secured.tls), "no answer in Kafka's protocol"),
            ]
            let ids = DrawnWorld.ids(perClass: 1, classes: 2)
            _ = try DrawnWorld.copy(ids, to: site.scratch)
            let manifest = try site.scratch.write(DrawnWorld.manifest(ids, below: site.root), to: "two.csv")
            let arguments = [
                "submit", "--analysis", DrawnWorld.analysis, "--manifest", manifest, "--log-level", "trace",
            ]
            var sentences: [String: String] = [:]
            let names = faults.keys.sorted()
            for start in stride(from: 0, to: names.count, by: 5) {
                let running = try names[start..<min(start + 5, names.count)].map { name in
                    let own = (faults[name]?.environment ?? [:]).merging([
                        "ENTENTE_KAFKA_PROPERTIES_DEBUG": "all"
                    ]) { $1 }
                    return (
                        name,
                        try RunningProgram(
                            Product.executable.get(), arguments,
                            environment: Product.environment(site.environment.merging(own) { $1 }),
                            folder: site.scratch.path)
                    )
                }
                for (name, program) in running {
                    let end = try program.wait(within: 60)
                    let last = String(end.errors.split(separator: "\n").last ?? "")
                    #expect(end.status == 69 && last.hasPrefix("entente: "), "\(name): \(last)")
                    for words in faults[name]?.words ?? [] { #expect(last.contains(words), "\(name): \(last)") }
                    #expect(end.seconds < 15 * max(1, MachineSpeed.slowness()), "\(name)")
                    Self.expectSilence(end.output + end.errors)
                    sentences[name] = last.replacing(#/127\.0\.0\.1:\d+/#, with: "")
                }
            }
            // Of the same kind are these two: they can't be told apart from here.
            sentences["expired client certificate"] = nil
            sentences["unknown user"] = nil
            sentences["silence under TLS"] = nil
            #expect(Set(sentences.values).count == sentences.count, "\(sentences)")
            #expect(try site.connect().number("SELECT count(*) FROM entente.submissions") == 0, "nothing was announced")
        }
    }

    /// A right password; libraries that repeat their nonce can't log in to Kafka 4 with it, and say that this is why.
    @Test(arguments: ["SCRAM-SHA-256", "SCRAM-SHA-512"]) func scramLogsInOrNamesTheLibrary(mechanism: String)
        async throws
    {
        try await onOwnThread {
            let module = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
            let listener = KafkaListener(
                "SCRAM", "SASL_PLAINTEXT",
                [
                    "sasl.enabled.mechanisms": mechanism,
                    "\(mechanism.lowercased()).sasl.jaas.config": module,
                ])
            let site = try Site(partitions: 2, kafka: 1, listeners: [listener])
            defer { site.end() }
            let kafka = try #require(site.kafka)
            let password = SecuredSite.passwords["quoll"] ?? ""
            let added = try kafka.tool(
                "kafka.admin.ConfigCommand",
                [
                    "--bootstrap-server", kafka.bootstrapServers, "--alter", "--entity-type", "users", "--entity-name",
                    "quoll",
                    "--add-config", "\(mechanism)=[password=\(password)]",
                ])
            try #require(added.status == 0, "\(added)")
            let login = SecuredSite.open("quoll").merging(["sasl.mechanism": mechanism]) { $1 }
            let end = try site.entente(
                [
                    "submit", "--analysis", DrawnWorld.analysis, "--images",
                    DrawnWorld.copy(["\(DrawnWorld.classes[0])/000.jpg"], to: site.scratch),
                ],
                environment: SecuredSite.variables(login).merging([
                    "ENTENTE_KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrapServers(of: "SCRAM")
                ]) { $1 })
            Self.expectSilence(end.output + end.errors)
            if end.status != 0 {
                #expect(KafkaLibrary.release < .scramNonce && end.status == 69, "\(end)")
                #expect(end.errors.contains("librdkafka \(KafkaLibrary.release) can't log in to Kafka 4"), "\(end)")
            }
        }
    }

    @Test func certificatesAndPasswordsThatAreRightWork() async throws {
        try await onOwnThread {
            let secured = try SecuredSite(rights: true)
            defer { secured.end() }
            let site = secured.site
            let mutual = secured.environment("MUTUAL", secured.tls).merging(
                try secured.authority.issue("sender").environment
            ) { $1 }
            try secured.kafka.allow("CN=sender", ["--operation", "Write", "--topic", Site.topic])
            try secured.kafka.allow("quoll", ["--operation", "Read", "--topic", Site.topic, "--group", "entente"])
            try secured.kafka.allow("quoll", ["--operation", "Write", "--topic", Site.topic + ".dead-letters"])
            let ids = DrawnWorld.ids(perClass: 1)
            _ = try DrawnWorld.copy(ids, to: site.scratch)
            let manifest = try site.scratch.write(DrawnWorld.manifest(ids, below: site.root), to: "all.csv")
            let sent = try site.entente(
                ["submit", "--analysis", DrawnWorld.analysis, "--manifest", manifest, "--log-level", "trace"],
                environment: mutual.merging(["ENTENTE_KAFKA_PROPERTIES_DEBUG": "all"]) { $1 })
            try #require(sent.status == 0, "\(sent.errors.suffix(2000))")
            try site.produce("no job", key: "k")
            let end = try site.work(
                ["--log-level", "trace"],
                environment: secured.environment("LOGIN", secured.login("quoll")).merging([
                    "ENTENTE_KAFKA_PROPERTIES_DEBUG": "all"
                ]) { $1 })
            Self.expectSilence(end.output + end.errors)
            let connection = try site.connect()
            #expect(try connection.number("SELECT count(*) FROM entente.image_results") == ids.count)
            #expect(try connection.number("SELECT count(*) FROM entente.dead_letters WHERE published") == 1)
        }
    }

    /// The certificate runs out while the worker is at work, the broker is restarted, and only then is there another.
    @Test func aRenewedCertificateIsReadWithinAMinute() async throws {
        try await onOwnThread {
            let secured = try SecuredSite()
            defer { secured.end() }
            let site = secured.site
            let end = Date.now + 30
            let certificate = try secured.authority.issue("worker", until: end)
            let ids = DrawnWorld.ids(perClass: 3)
            let first = try site.submit(Array(ids.prefix(ids.count / 2)), imagesPerJob: 1)
            let worker = try site.worker(
                environment: OperationsPort.environment
                    .merging(secured.environment("MUTUAL", secured.tls)) { $1 }
                    .merging(certificate.environment) { $1 })
            let port = try OperationsPort(of: worker)
            try eventually("the first half is done") { try site.status(first.analysis).pending == 0 }
            try eventually("the certificate has expired") { end < .now }
            try secured.kafka.stop(0, SIGTERM)
            try secured.kafka.start(0)
            try eventually("/readyz names it") {
                try port.unreadiness().contains { $0.detail.contains("refuses the client's certificate") }
            }
            try eventually("the broker answers") { (try? site.watermarks().count) == 2 }
            let second = try site.submit(Array(ids.suffix(ids.count - ids.count / 2)), imagesPerJob: 1)
            _ = try secured.authority.issue("worker")
            let renewed = Date.now
            try eventually(within: 60, "it goes on") { try site.status(second.analysis).pending == 0 }
            #expect(Date.now.timeIntervalSince(renewed) < 60 * max(1, MachineSpeed.slowness()))
            try eventually("it is ready again") { try port.unreadiness().isEmpty }
            worker.signal(SIGTERM)
            #expect(try worker.wait(within: 60).status == 0)
            #expect(
                try site.status(first.analysis)
                    == Standing(expected: ids.count, done: ids.count, failed: 0, pending: 0))
            try site.expectRollupsTrue()
        }
    }

    @Test func aRenewedPasswordIsTakenByTheNextQuestion() async throws {
        try await onOwnThread {
            let secured = try SecuredSite()
            defer { secured.end() }
            let servers = secured.kafka.bootstrapServers(of: "OPEN")
            let password = Shared("Wallaby-3")
            let read: @Sendable () -> KafkaClientConfiguration = {
                KafkaClientConfiguration(
                    bootstrapServers: servers, properties: SecuredSite.open("numbat", password.value))
            }
            let first = read()
            let inquiry = try LogInquiry(
                first, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
                renewal: KafkaRenewal(first, read: read))
            let error = #expect(throws: KafkaError.self) {
                try inquiry.partitionCount(of: Site.topic, within: .seconds(5))
            }
            #expect(
                error?.name == "_AUTHENTICATION" && error?.description.contains("Wallaby") == false, "\(error as Any)")
            password.change { $0 = SecuredSite.passwords["numbat"] ?? "" }
            try eventually(within: 30, "the renewed password") {
                (try? inquiry.partitionCount(of: Site.topic, within: .seconds(5))) == 2
            }
        }
    }
}
