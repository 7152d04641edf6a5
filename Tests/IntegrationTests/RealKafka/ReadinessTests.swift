import Foundation
import Testbed
import Testing

/// Whatever keeps a real group from giving a worker its partitions turns `/readyz` 503 within 30 s, by name, and 200 within 10 s of
/// its end.
@Suite(
    .serialized, .enabled(if: KafkaDistribution.isNamed, Comment(rawValue: KafkaDistribution.absence)), .startsWorkers)
struct ReadinessTests {
    private static func expect(_ words: String, of port: OperationsPort) throws {
        try eventually(within: 30, "/readyz says “\(words)”") {
            try port.unreadiness().contains { $0.detail.contains(words) }
        }
        #expect(try port.get("/readyz").status == 503)
    }

    private static func expectReady(_ port: OperationsPort) throws {
        do {
            try eventually(within: 10, "/readyz is well") { try port.unreadiness().isEmpty }
        } catch {
            Issue.record("\(error): \((try? port.unreadiness()) ?? [])")
            throw error
        }
    }

    private static func end(_ worker: RunningProgram) throws {
        worker.signal(SIGTERM)
        let end = try worker.wait(within: 60)
        #expect(end.status == 0, "\(end)")
    }

    @Test func rightsThatAreMissing() async throws {
        try await onOwnThread {
            let secured = try SecuredSite(rights: true)
            defer { secured.end() }
            let worker = try secured.site.worker(
                environment: OperationsPort.environment.merging(
                    secured.environment("OPEN", SecuredSite.open("quoll"))
                ) { $1 })
            let port = try OperationsPort(of: worker)
            try Self.expect("TOPIC_AUTHORIZATION_FAILED", of: port)
            try Self.expect("GROUP_AUTHORIZATION_FAILED", of: port)
            try secured.kafka.allow("quoll", ["--operation", "Read", "--topic", Site.topic])
            try Self.expect("GROUP_AUTHORIZATION_FAILED", of: port)
            try secured.kafka.allow("quoll", ["--operation", "Read", "--group", "entente"])
            try Self.expectReady(port)
            try Self.end(worker)
        }
    }

    @Test func anAddressThatTheBrokersNameWrongly() async throws {
        try await onOwnThread {
            let unused = try FreePorts.take(1)[0]
            let site = try Site(
                partitions: 1, kafka: 1, listeners: [KafkaListener("OUTER", "PLAINTEXT", advertised: unused)])
            defer { site.end() }
            let kafka = try #require(site.kafka)
            let worker = try site.worker(
                environment: OperationsPort.environment.merging([
                    "ENTENTE_KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrapServers(of: "OUTER")
                ]) { $1 })
            let port = try OperationsPort(of: worker)
            try Self.expect("advertised.listeners", of: port)
            try kafka.change([KafkaListener("OUTER", "PLAINTEXT")])
            try eventually("the broker answers") { (try? site.watermarks().count) == 1 }
            try Self.expectReady(port)
            try Self.end(worker)
        }
    }

    /// Of the group's own broker too: while that is there, the group stands, and what it gave is the worker's.
    @Test func aQuorumThatIsLost() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 3, kafka: 3)
            defer { site.end() }
            let kafka = try #require(site.kafka)
            let worker = try site.worker(environment: OperationsPort.environment)
            let port = try OperationsPort(of: worker)
            try eventually("it is ready") { try port.unreadiness().isEmpty }
            let coordinator = try kafka.coordinator(of: "entente")
            let lost = [coordinator, (coordinator + 1) % 3]
            for broker in lost { try kafka.stop(broker) }
            try eventually(within: 30, "/readyz names it") { try !port.unreadiness().isEmpty }
            for broker in lost { try kafka.start(broker) }
            try eventually("the brokers answer") { (try? site.watermarks().count) == 3 }
            try Self.expectReady(port)
            try Self.end(worker)
        }
    }

    @Test func aGroupThatIsFull() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2, kafka: 1, properties: ["group.max.size": "1"])
            defer { site.end() }
            let first = try site.worker(environment: OperationsPort.environment)
            let firstPort = try OperationsPort(of: first)
            try eventually("the first is ready") { try firstPort.unreadiness().isEmpty }
            let second = try site.worker(environment: OperationsPort.environment)
            let port = try OperationsPort(of: second)
            try Self.expect("GROUP_MAX_SIZE_REACHED", of: port)
            try Self.end(first)
            try Self.expectReady(port)
            try Self.end(second)
        }
    }

    /// It does not mend itself: brokers say once, when they start, how long a session may be.
    @Test func aSessionTimeoutThatIsRefused() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1, kafka: 1, properties: ["group.max.session.timeout.ms": "5000"])
            defer { site.end() }
            let worker = try site.worker(environment: OperationsPort.environment)
            try Self.expect("INVALID_SESSION_TIMEOUT", of: OperationsPort(of: worker))
            try Self.end(worker)
        }
    }

    /// Somebody else's consumer is in the group already.
    @Test func anotherAssignor() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1, kafka: 1)
            defer { site.end() }
            let kafka = try #require(site.kafka)
            let other = try kafka.startTool(
                "org.apache.kafka.tools.consumer.ConsoleConsumer",
                [
                    "--bootstrap-server", kafka.bootstrapServers, "--topic", Site.topic, "--group", "entente",
                    "--consumer-property",
                    "partition.assignment.strategy=org.apache.kafka.clients.consumer.RangeAssignor",
                ])
            defer { other.end() }
            try eventually("the group has a member") {
                try kafka.tool(
                    "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
                    ["--bootstrap-server", kafka.bootstrapServers, "--describe", "--group", "entente", "--members"]
                ).output.contains("console-consumer")
            }
            let worker = try site.worker(environment: OperationsPort.environment)
            let port = try OperationsPort(of: worker)
            try Self.expect("INCONSISTENT_GROUP_PROTOCOL", of: port)
            other.signal(SIGTERM)
            _ = try other.wait(within: 60)
            try Self.expectReady(port)
            try Self.end(worker)
        }
    }
}
