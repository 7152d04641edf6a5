import CKafka
import Testbed
import Testing

@testable import Kafka

@Suite struct KafkaOutageTests {
    @Test func brokerThatComesBackLosesNothing() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench(partitions: 2)
            try bench.fill(100)
            let consumer = try bench.consumer()
            var troubles = 0
            consumer.onError = { _ in troubles += 1 }
            try consumer.subscribe(to: KafkaBench.topic) {
                $0.reduce(into: [:]) { $0[$1] = .earliest }
            } onRevoke: { _, _ in
            }
            var numbers = try consumer.collect(100).compactMap(\.number)
            try bench.broker.takeDown()
            try eventually("the connection is missed") {
                _ = try? consumer.poll(timeout: .milliseconds(20))
                return troubles > 0
            }
            try bench.broker.bringUp()
            try bench.fill(100)
            // Errors that the outage has left in the queue are no reason to stop polling.
            try eventually("the rest") {
                if let record = try? consumer.poll(timeout: .milliseconds(20)), let number = record.number {
                    numbers.append(number)
                }
                return numbers.count >= 200
            }
            #expect(numbers.sorted() == (0..<100).flatMap { [$0, $0] })
            #expect(consumer.close(within: .seconds(10)))
        }
    }

    @Test func refusedFetchesAreRepeated() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench()
            try bench.fill(200)
            bench.broker.fail(
                .fetch,
                with: [
                    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR__TRANSPORT,
                    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                ].map(KafkaErrorCode.init))
            bench.broker.fail(.joinGroup, with: [KafkaErrorCode(RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS)])
            let consumer = try bench.consumer()
            try consumer.subscribe(to: KafkaBench.topic) { _ in
                [bench.place(0): .earliest]
            } onRevoke: { _, _ in
            }
            var offsets: [Int64] = []
            try eventually("all records") {
                if let record = try? consumer.poll(timeout: .milliseconds(20)) { offsets.append(record.offset) }
                return offsets.count >= 200
            }
            #expect(offsets == Array(0..<200))
            #expect(consumer.close(within: .seconds(5)))
        }
    }

    @Test func absentTopicIsNamedAndAwaited() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench()
            bench.broker.setError(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, ofTopic: "no-such-topic")
            let consumer = try bench.consumer()
            try consumer.subscribe(to: "no-such-topic") { _ in
                [:]
            } onRevoke: { _, _ in
            }
            var error: KafkaError?
            try eventually("an error") {
                do throws(KafkaError) { _ = try consumer.poll(timeout: .milliseconds(50)) } catch let thrown {
                    error = thrown
                }
                return error != nil
            }
            #expect(error?.description.contains("no-such-topic") == true)
            #expect(consumer.close(within: .seconds(5)))
        }
    }
}
