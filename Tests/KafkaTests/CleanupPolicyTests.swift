import Testbed
import Testing

@testable import Kafka

@Suite struct CleanupPolicyTests {
    @Test(arguments: ["compact", "compact,delete", "delete,compact", "delete, compact"])
    func compactionIsRefusedByName(value: String) {
        let error = #expect(throws: KafkaError.self) { try CleanupPolicy.told(value).requireEveryRecord(of: "jobs") }
        #expect(error?.description.contains("“jobs”") == true)
        #expect(error?.description.contains("cleanup.policy=\(value)") == true)
    }

    @Test(arguments: [CleanupPolicy.told("delete"), .told(""), .told("none"), .untold])
    func anythingElseIsNot(policy: CleanupPolicy) throws {
        try policy.requireEveryRecord(of: "jobs")
    }

    /// It knows no such question, and says so at once.
    @Test func theInProcessBrokerLeavesNobodyWaiting() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench()
            let producer = try bench.producer([:])
            let start = ContinuousClock.now
            #expect(try producer.topicConfiguration(of: KafkaBench.topic, within: .seconds(60)) == TopicConfiguration())
            #expect(start.duration(to: .now) < .seconds(30))
            #expect(producer.close(within: .seconds(5)))
        }
    }

    @Test func brokersThatAreAwayAreNotWaitedForWithoutEnd() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench()
            let producer = try bench.producer([:])
            try bench.broker.takeDown()
            let error = #expect(throws: KafkaError.self) {
                try producer.topicConfiguration(of: KafkaBench.topic, within: .seconds(1))
            }
            #expect(error?.isRefusal == false)
            #expect(producer.close(within: .seconds(5)))
        }
    }
}
