import CKafka
import Testbed
import Testing

@testable import Kafka

@Suite struct KafkaProducerTests {
    @Test func tooLargeNamesSizeAndLimit() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench()
            let producer = try bench.producer(["message.max.bytes": "20000"])
            #expect(producer.maximumMessageBytes == 20000 - 512)
            let error = #expect(throws: KafkaError.self) {
                try producer.send(
                    to: KafkaBench.topic, key: [1], value: [UInt8](repeating: 0, count: producer.maximumMessageBytes))
            }
            #expect(error?.isTooLarge == true)
            #expect(error?.description.contains("19489 bytes") == true)
            #expect(error?.description.contains("19488 bytes") == true)
            // And the largest that is promised does go through, however it is cut up.
            let half = producer.maximumMessageBytes / 2
            try producer.send(
                to: KafkaBench.topic, value: [UInt8](repeating: 0, count: producer.maximumMessageBytes))
            try producer.send(
                to: KafkaBench.topic, key: [UInt8](repeating: 1, count: half), value: [],
                headers: [KafkaHeader("h", [UInt8](repeating: 1, count: producer.maximumMessageBytes - half - 1))])
            try producer.flush(within: .seconds(10))
            #expect(producer.delivered == 2)
            #expect(producer.close(within: .seconds(5)))
        }
    }

    @Test func fullQueueHoldsTheSenderBack() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench()
            let producer = try bench.producer(["queue.buffering.max.messages": "10"])
            try bench.broker.setRoundTrip(.milliseconds(10))
            for number in 0..<300 { try producer.send(to: KafkaBench.topic, value: Array("\(number)".utf8)) }
            try producer.flush(within: .seconds(20))
            #expect(producer.delivered == 300)
            try bench.broker.takeDown()
            let error = #expect(throws: KafkaError.self) {
                for _ in 0..<11 { try producer.send(to: KafkaBench.topic, value: [1], patience: .milliseconds(200)) }
            }
            #expect(error?.name == "_QUEUE_FULL")
            let late = #expect(throws: KafkaError.self) { try producer.flush(within: .milliseconds(100)) }
            #expect(late?.name == "_TIMED_OUT")
            #expect(late?.description.contains("10 messages") == true)
            #expect(producer.close(within: .seconds(5)))
        }
    }

    @Test func undeliveredMessagesAreCounted() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench()
            let producer = try bench.producer(["delivery.timeout.ms": "5000"])
            try producer.send(to: KafkaBench.topic, value: [0])
            try producer.flush(within: .seconds(30))
            try bench.broker.takeDown()
            for number in 0..<3 { try producer.send(to: KafkaBench.topic, value: [UInt8(number)]) }
            let error = #expect(throws: KafkaError.self) { try producer.flush(within: .seconds(30)) }
            #expect(error?.description.contains("3 messages were not delivered") == true)
            #expect(producer.delivered == 1)
            #expect(producer.outstanding == 0)
            try producer.flush(within: .seconds(1))
            #expect(producer.close(within: .seconds(5)))
        }
    }

    @Test func retriesNeitherRepeatNorReorder() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench()
            let producer = try bench.producer(["retry.backoff.ms": "20"])
            bench.broker.fail(
                .produce,
                with: [
                    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR__TRANSPORT,
                    RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
                ].map(KafkaErrorCode.init))
            for number in 0..<100 { try producer.send(to: KafkaBench.topic, value: Array("\(number)".utf8)) }
            try producer.flush(within: .seconds(20))
            #expect(producer.delivered == 100)
            let consumer = try bench.consumer()
            try consumer.subscribe(to: KafkaBench.topic) { _ in
                [bench.place(0): .earliest]
            } onRevoke: { _, _ in
            }
            let records = try consumer.collect(100) + consumer.silence(.milliseconds(200))
            #expect(records.compactMap(\.number) == Array(0..<100))
            #expect(consumer.close(within: .seconds(5)))
            #expect(producer.close(within: .seconds(5)))
        }
    }

    @Test func brokersRefusalOfSizeIsPermanent() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench()
            let producer = try bench.producer()
            bench.broker.fail(.produce, with: [KafkaErrorCode(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)])
            try producer.send(to: KafkaBench.topic, value: [1, 2, 3])
            let error = #expect(throws: KafkaError.self) { try producer.flush(within: .seconds(10)) }
            #expect(error?.isTooLarge == true)
            #expect(error?.description.contains(KafkaBench.topic) == true)
            #expect(producer.close(within: .seconds(5)))
        }
    }

    @Test func keysFindTheirPartitionAsInJava() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench(partitions: 7)
            try bench.fill(200)
            let consumer = try bench.consumer()
            try consumer.subscribe(to: KafkaBench.topic) {
                $0.reduce(into: [:]) { $0[$1] = .earliest }
            } onRevoke: { _, _ in
            }
            for record in try consumer.collect(200) {
                let key = try #require(record.key)
                #expect(record.partition == Int32((murmur2(key) & 0x7FFF_FFFF) % 7))
            }
            #expect(consumer.close(within: .seconds(5)))
        }
    }
}

/// Austin Appleby's MurmurHash2 with the seed that Kafka's Java client uses.
private func murmur2(_ bytes: [UInt8]) -> UInt32 {
    let m: UInt32 = 0x5BD1_E995
    var hash = 0x9747_B28C ^ UInt32(bytes.count)
    let blocks = bytes.count / 4
    for block in 0..<blocks {
        var k = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[block * 4 + $1]) << UInt32(8 * $1) }
        k = k &* m
        k ^= k >> 24
        hash = hash &* m ^ k &* m
    }
    let tail = bytes[(blocks * 4)...]
    if !tail.isEmpty {
        hash ^= tail.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(8 * $1.offset) }
        hash = hash &* m
    }
    hash ^= hash >> 13
    hash = hash &* m
    return hash ^ hash >> 15
}
