import CKafka
import Testbed
import Testing

@testable import Kafka

@Suite struct KafkaReadingTests {
    @Test func everyPartOfAMessageArrives() async throws {
        let records = try await onKafkaThread {
            let bench = try KafkaBench()
            let producer = try bench.producer()
            let headers = [KafkaHeader("reason", "grün"), KafkaHeader("empty", []), KafkaHeader("reason", nil)]
            try producer.send(to: KafkaBench.topic, key: [0, 255], value: [1, 2, 3], headers: headers)
            try producer.send(to: KafkaBench.topic, key: [7], value: nil)
            try producer.send(to: KafkaBench.topic, key: [], value: [])
            try producer.send(to: KafkaBench.topic, value: [9])
            try producer.flush(within: .seconds(10))
            #expect(producer.delivered == 4)
            #expect(producer.outstanding == 0)
            let consumer = try bench.consumer()
            try consumer.subscribe(to: KafkaBench.topic) {
                $0.reduce(into: [:]) { $0[$1] = .earliest }
            } onRevoke: { _, _ in
            }
            let records = try consumer.collect(4)
            #expect(consumer.close(within: .seconds(5)))
            #expect(records.first?.headers == headers)
            return records
        }
        #expect(records.map(\.offset) == [0, 1, 2, 3])
        #expect(records.map(\.key) == [[0, 255], [7], [], nil])
        #expect(records.map(\.value) == [[1, 2, 3], nil, [], [9]])
        #expect(records.allSatisfy { ($0.timestamp ?? 0) > 1_600_000_000_000 })
        #expect(records[0].byteCount == 2 + 3 + 6 + 5 + 5 + 6)
    }

    @Test func readingStartsWhereTheClosureSays() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench(partitions: 3)
            try bench.fill(600)
            let consumer = try bench.consumer()
            var asked: [TopicPartition] = []
            try consumer.subscribe(to: KafkaBench.topic) { partitions in
                asked = partitions
                return [bench.place(0): .offset(50), bench.place(1): .latest, bench.place(2): .earliest]
            } onRevoke: { _, _ in
            }
            let ends = try (0..<3).map { try consumer.watermarks(of: bench.place($0), within: .seconds(5)) }
            #expect(ends.map(\.lowerBound) == [0, 0, 0])
            #expect(ends.map(\.upperBound).reduce(0, +) == 600)
            let first = try consumer.collect("partitions 0 and 2 read to the end") { records in
                let last = Dictionary(records.map { ($0.partition, $0.offset) }) { $1 }
                return last[0] == ends[0].upperBound - 1 && last[2] == ends[2].upperBound - 1
            }
            #expect(asked == [bench.place(0), bench.place(1), bench.place(2)])
            #expect(consumer.owned == consumer.started)
            #expect(first.first { $0.partition == 0 }?.offset == 50)
            #expect(first.first { $0.partition == 2 }?.offset == 0)
            #expect(!first.contains { $0.partition == 1 })
            for partition in [Int32(0), 2] {
                let offsets = first.filter { $0.partition == partition }.map(\.offset)
                #expect(offsets == Array(offsets[0]..<offsets[0] + Int64(offsets.count)))
            }
            try bench.fill(30)
            let later = try consumer.collect("a later record of partition 1") { $0.contains { $0.partition == 1 } }
            #expect(later.first { $0.partition == 1 }?.offset == ends[1].upperBound)
            #expect(consumer.lastKnownWatermarks(of: bench.place(0)).map { $0.upperBound >= 51 } == true)
            #expect(try consumer.partitionCount(of: KafkaBench.topic, within: .seconds(5)) == 3)
            #expect(consumer.close(within: .seconds(5)))
        }
    }

    @Test func failingClosureLeavesPartitionsWaiting() async throws {
        struct DatabaseAway: Error {}
        try await onKafkaThread {
            let bench = try KafkaBench(partitions: 2)
            try bench.fill(200)
            let consumer = try bench.consumer()
            try consumer.subscribe(to: KafkaBench.topic) { _ in
                throw DatabaseAway()
            } onRevoke: { _, _ in
            }
            let early = try consumer.collect("an assignment") { _ in consumer.waiting.count == 2 }
            #expect(early.isEmpty)
            #expect(try consumer.silence().isEmpty)
            #expect(throws: KafkaError.self) { try consumer.start([bench.place(7): .earliest]) }
            #expect(throws: KafkaError.self) { try consumer.start([bench.place(1): .offset(-1)]) }
            try consumer.start([bench.place(1): .offset(3)])
            #expect(consumer.waiting == [bench.place(0)])
            let records = try consumer.collect(20)
            #expect(records.map(\.offset) == Array(3..<23))
            #expect(records.allSatisfy { $0.partition == 1 })
            #expect(throws: KafkaError.self) { try consumer.start([bench.place(1): .earliest]) }
            try consumer.start([bench.place(0): .offset(5)])
            let other = try consumer.collect("partition 0") { $0.contains { $0.partition == 0 } }
            #expect(other.first { $0.partition == 0 }?.offset == 5)
            #expect(consumer.close(within: .seconds(5)))
        }
    }

    @Test func stopAndStartIsExactWhateverWasPrefetched() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench()
            try bench.fill(3000, padding: 300)
            let place = bench.place(0)
            let consumer = try bench.consumer()
            try consumer.subscribe(to: KafkaBench.topic) { _ in
                [place: .earliest]
            } onRevoke: { _, _ in
            }
            var random = SystemRandomNumberGenerator()
            for _ in 0..<12 {
                _ = try consumer.collect(Int.random(in: 1...40, using: &random))
                try consumer.stop(place)
                #expect(consumer.waiting == [place])
                if Bool.random(using: &random) { #expect(try consumer.silence(.milliseconds(5)).isEmpty) }
                let target = Int64.random(in: 0..<2900, using: &random)
                try consumer.start([place: .offset(target)])
                let next = try consumer.collect(5)
                #expect(next.map(\.offset) == Array(target..<target + 5))
            }
            #expect(consumer.close(within: .seconds(5)))
        }
    }

    @Test func pausesLoseAndRepeatNothing() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench(partitions: 2)
            try bench.fill(4000, padding: 100)
            let consumer = try bench.consumer()
            try consumer.subscribe(to: KafkaBench.topic) {
                $0.reduce(into: [:]) { $0[$1] = .earliest }
            } onRevoke: { _, _ in
            }
            var seen: [Int32: [Int64]] = [0: [], 1: []]
            var rounds = 0
            while seen.values.reduce(0, { $0 + $1.count }) < 4000 {
                for record in try consumer.collect(
                    min(150, 4000 - seen.values.reduce(0) { $0 + $1.count }))
                {
                    seen[record.partition]?.append(record.offset)
                }
                rounds += 1
                if rounds % 2 == 0 {
                    try consumer.hold()
                    #expect(try consumer.silence(.milliseconds(10)).isEmpty)
                    try consumer.release()
                } else {
                    let one = bench.place(Int32(rounds / 2 % 2))
                    try consumer.pause([one])
                    let others = try consumer.silence(.milliseconds(10))
                    #expect(!others.contains { $0.topicPartition == one })
                    for record in others { seen[record.partition]?.append(record.offset) }
                    try consumer.resume([one])
                }
            }
            for (partition, offsets) in seen {
                #expect(offsets == Array(0..<Int64(offsets.count)), "partition \(partition)")
            }
            #expect(consumer.close(within: .seconds(5)))
        }
    }

    @Test func holdIsInheritedByLaterStarts() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench()
            try bench.fill(100)
            let consumer = try bench.consumer()
            try consumer.hold()
            try consumer.subscribe(to: KafkaBench.topic) { _ in
                [bench.place(0): .offset(40)]
            } onRevoke: { _, _ in
            }
            let held = try consumer.collect("an assignment") { _ in !consumer.started.isEmpty }
            #expect(held.isEmpty)
            #expect(try consumer.silence().isEmpty)
            try consumer.pause([bench.place(0)])
            try consumer.release()
            #expect(try consumer.silence(.milliseconds(200)).isEmpty)
            try consumer.resume([bench.place(0)])
            #expect(try consumer.collect(10).map(\.offset) == Array(40..<50))
            #expect(consumer.close(within: .seconds(5)))
        }
    }

    @Test func placeOutsideTheLogIsAnAlarm() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench(partitions: 2)
            try bench.fill(100)
            let consumer = try bench.consumer()
            try consumer.subscribe(to: KafkaBench.topic) { _ in
                [bench.place(0): .offset(5000), bench.place(1): .offset(0)]
            } onRevoke: { _, _ in
            }
            var alarm: KafkaError?
            var records: [KafkaRecord] = []
            try eventually("an alarm, and the other partition read") {
                do throws(KafkaError) {
                    if let record = try consumer.poll(timeout: .milliseconds(20)) { records.append(record) }
                } catch {
                    alarm = error
                }
                return alarm != nil && records.count >= 10
            }
            #expect(alarm?.isOutOfRange == true)
            #expect(alarm?.partition == bench.place(0))
            #expect(alarm?.offset == 5000)
            #expect(alarm?.description.contains("image-jobs[0]: offset 5000") == true)
            #expect(!records.contains { $0.partition == 0 })
            try consumer.stop(bench.place(0))
            try consumer.start([bench.place(0): .earliest])
            let mended = try consumer.collect("partition 0") { $0.contains { $0.partition == 0 } }
            #expect(mended.first { $0.partition == 0 }?.offset == 0)
            #expect(consumer.close(within: .seconds(5)))
        }
    }
}
