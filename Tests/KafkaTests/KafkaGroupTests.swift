import CKafka
import Testbed
import Testing

@testable import Kafka

@Suite struct KafkaGroupTests {
    @Test func commitsOutliveTheConsumer() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench()
            try bench.fill(50)
            let place = bench.place(0)
            let first = try bench.consumer()
            var outcomes: [[TopicPartition: Int64]] = []
            var failures: [KafkaError] = []
            first.onCommit = { offsets, error in
                outcomes.append(offsets)
                if let error { failures.append(error) }
            }
            try first.subscribe(to: KafkaBench.topic) { _ in
                [place: .earliest]
            } onRevoke: { _, _ in
            }
            _ = try first.collect(20)
            #expect(try first.committedOffsets(of: [place], within: .seconds(5)).isEmpty)
            _ = try first.commit([place: 12, bench.place(9): 4])
            _ = try first.collect("the outcome of the commit") { _ in !outcomes.isEmpty }
            #expect(outcomes == [[place: 12]])
            #expect(failures.isEmpty)
            try first.commitAndWait([place: 17], within: .seconds(5))
            #expect(first.close(within: .seconds(5)))
            let second = try bench.consumer()
            try second.subscribe(to: KafkaBench.topic) { partitions in
                try second.committedOffsets(of: partitions, within: .seconds(5)).mapValues { .offset($0) }
            } onRevoke: { _, _ in
            }
            #expect(try second.collect(1).map(\.offset) == [17])
            #expect(second.close(within: .seconds(5)))
        }
    }

    @Test func refusedCommitIsReportedAndNotRepeated() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench()
            try bench.fill(10)
            let place = bench.place(0)
            let consumer = try bench.consumer()
            var outcomes: [KafkaError?] = []
            consumer.onCommit = { outcomes.append($1) }
            try consumer.subscribe(to: KafkaBench.topic) { _ in
                [place: .earliest]
            } onRevoke: { _, _ in
            }
            _ = try consumer.collect(10)
            bench.broker.fail(.offsetCommit, with: [KafkaErrorCode(RD_KAFKA_RESP_ERR_INVALID_COMMIT_OFFSET_SIZE)])
            _ = try consumer.commit([place: 3])
            _ = try consumer.collect("the outcome of the commit") { _ in !outcomes.isEmpty }
            #expect(outcomes.count == 1)
            #expect(outcomes.first??.name == "INVALID_COMMIT_OFFSET_SIZE")
            _ = try consumer.silence()
            #expect(try consumer.committedOffsets(of: [place], within: .seconds(5)).isEmpty)
            bench.broker.clearFailures(of: .offsetCommit)
            try bench.broker.setRoundTrip(.seconds(2))
            let error = #expect(throws: KafkaError.self) {
                try consumer.commitAndWait([place: 4], within: .milliseconds(100))
            }
            #expect(error?.name == "_TIMED_OUT")
            try bench.broker.setRoundTrip(.zero)
            #expect(consumer.close(within: .seconds(10)))
        }
    }

    /// Two members on one thread, each with a ledger that says where the next owner has to go on.
    @Test func membersShareAndHandOver() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench(partitions: 4)
            try bench.fill(400)
            var next: [TopicPartition: Int64] = [:]
            var numbers: [Int] = []
            var revoked: [[TopicPartition]] = []
            var inCallback: [String] = []
            var atRevocation: [TopicPartition: Int64] = [:]
            func join(_ consumer: KafkaConsumer) throws {
                try consumer.subscribe(to: KafkaBench.topic) { partitions in
                    Dictionary(uniqueKeysWithValues: partitions.map { ($0, .offset(next[$0] ?? 0)) })
                } onRevoke: { partitions, lost in
                    revoked.append(partitions)
                    atRevocation = next.filter { partitions.contains($0.key) }
                    inCallback.append(lost ? "lost" : "revoked")
                    do {
                        try consumer.commitAndWait(atRevocation, within: .seconds(3))
                    } catch { inCallback.append("\(error)") }
                }
            }
            func turn(_ consumer: KafkaConsumer) throws {
                guard let record = try consumer.poll(timeout: .milliseconds(5)) else { return }
                #expect(record.offset == next[record.topicPartition] ?? 0)
                next[record.topicPartition] = record.offset + 1
                if let number = record.number { numbers.append(number) }
            }
            let first = try bench.consumer()
            try join(first)
            try eventually("the first member has all") {
                try turn(first)
                return first.started.count == 4
            }
            let second = try bench.consumer()
            try join(second)
            try bench.fill(400)
            try eventually("both have two") {
                try turn(first)
                try turn(second)
                return first.started.count == 2 && second.started.count == 2
            }
            #expect(first.owned.isDisjoint(with: second.owned))
            #expect(revoked.count == 1)
            #expect(inCallback.first == "revoked")
            let handedOver = try #require(revoked.first)
            // The group may be refusing commits by then, which is why the truth isn't kept there.
            #expect(inCallback.dropFirst().allSatisfy { $0.contains("REBALANCE_IN_PROGRESS") })
            let committed = try second.committedOffsets(of: handedOver, within: .seconds(5))
            #expect(committed == (inCallback.count == 1 ? atRevocation : [:]))
            try bench.fill(400)
            try eventually("all of them") {
                try turn(first)
                try turn(second)
                return numbers.count >= 1200
            }
            #expect(first.close(within: .seconds(10)))
            try bench.fill(400)
            try eventually("the survivor has all") {
                try turn(second)
                return second.started.count == 4 && numbers.count >= 1600
            }
            #expect(numbers.count == 1600)
            #expect(numbers.sorted() == (0..<400).flatMap { [$0, $0, $0, $0] })
            #expect(second.close(within: .seconds(5)))
        }
    }

    /// Partitions that wait were never given to librdkafka, which must nevertheless let them go.
    @Test func waitingPartitionsAreHandedOverToo() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench(partitions: 2)
            try bench.fill(100)
            let first = try bench.consumer()
            var revoked: [TopicPartition] = []
            try first.subscribe(to: KafkaBench.topic) { _ in
                [:]
            } onRevoke: { partitions, _ in
                revoked += partitions
            }
            try eventually("the first member owns all, reads none") {
                let none = try first.poll(timeout: .milliseconds(5))
                #expect(none == nil)
                return first.waiting.count == 2
            }
            let second = try bench.consumer()
            try second.subscribe(to: KafkaBench.topic) {
                $0.reduce(into: [:]) { $0[$1] = .earliest }
            } onRevoke: { _, _ in
            }
            var records: [KafkaRecord] = []
            try eventually("each owns one") {
                let none = try first.poll(timeout: .milliseconds(5))
                #expect(none == nil)
                if let record = try second.poll(timeout: .milliseconds(5)) { records.append(record) }
                return first.waiting.count == 1 && second.started.count == 1 && !records.isEmpty
            }
            #expect(Set(revoked) == second.owned)
            #expect(first.close(within: .seconds(5)))
            #expect(Set(revoked).count == 2)
            #expect(second.close(within: .seconds(5)))
        }
    }

    /// A member that stops polling loses its partitions to others, and learns of it only when it polls again.
    @Test func stalledMemberLearnsLateThatItLostAll() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench(partitions: 2)
            try bench.fill(100)
            let stalled = try bench.consumer("group", ["max.poll.interval.ms": "4000"])
            var events: [String] = []
            try stalled.subscribe(to: KafkaBench.topic) { partitions in
                events.append("assigned \(partitions.count)")
                return Dictionary(uniqueKeysWithValues: partitions.map { ($0, .earliest) })
            } onRevoke: { partitions, lost in
                events.append("\(lost ? "lost" : "revoked") \(partitions.count)")
            }
            _ = try stalled.collect(10)
            let other = try bench.consumer()
            try other.subscribe(to: KafkaBench.topic) {
                $0.reduce(into: [:]) { $0[$1] = .earliest }
            } onRevoke: { _, _ in
            }
            let records = try other.collect("the other member has all and reads all") {
                other.started.count == 2 && $0.count >= 100
            }
            #expect(records.compactMap(\.number).sorted() == Array(0..<100))
            #expect(events == ["assigned 2"], "it still believes that it owns them")
            #expect(stalled.owned == other.owned)
            // It joins again at once, so what it is told ends with what is its own now. Which partition that is the group decides: one
            // that a rebalance left with it all along, beside the other member that had it meanwhile, it is told nothing of.
            var troubles: Set<String> = []
            func poll(_ member: KafkaConsumer) {
                do { _ = try member.poll(timeout: .milliseconds(5)) } catch { troubles.insert("\(error)") }
            }
            do {
                try eventually("each owns one again") {
                    poll(stalled)
                    poll(other)
                    return stalled.owned.count == 1 && other.owned.count == 1 && stalled.owned != other.owned
                }
            } catch {
                let owned = [stalled.owned, other.owned]
                Issue.record("\(error); it was told \(events), and polls said \(troubles); they own \(owned)")
            }
            #expect(troubles.contains { $0.contains("_MAX_POLL_EXCEEDED") })
            let learned = events.dropFirst().first { !$0.hasPrefix("assigned") }
            #expect(learned?.hasPrefix("lost ") == true, "it was told \(events)")
            #expect(other.close(within: .seconds(5)))
            #expect(stalled.close(within: .seconds(5)))
        }
    }

    @Test func closeIsBoundedAtAnyMoment() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench()
            let never = try bench.consumer("never")
            #expect(never.close(within: .seconds(5)))
            #expect(throws: KafkaError.self) { try never.poll(timeout: .zero) }
            for polls in [0, 1, 20] {
                let early = try bench.consumer("early \(polls)")
                try early.subscribe(to: KafkaBench.topic) { _ in
                    [:]
                } onRevoke: { _, _ in
                }
                for _ in 0..<polls { _ = try early.poll(timeout: .milliseconds(10)) }
                #expect(early.close(within: .seconds(5)), "after \(polls) polls")
                #expect(early.close(within: .seconds(5)))
            }
            let dropped = try bench.consumer("dropped")
            try dropped.subscribe(to: KafkaBench.topic) { _ in
                [:]
            } onRevoke: { _, _ in
            }
            _ = try dropped.poll(timeout: .milliseconds(50))
        }
    }

    @Test func closeIsBoundedWithoutBroker() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench()
            try bench.fill(10)
            let consumer = try bench.consumer()
            var revocations = 0
            try consumer.subscribe(to: KafkaBench.topic) { _ in
                [bench.place(0): .earliest]
            } onRevoke: { _, _ in
                revocations += 1
            }
            _ = try consumer.collect(10)
            try bench.broker.takeDown()
            let start = ContinuousClock.now
            consumer.close(within: .seconds(3))
            #expect(start.duration(to: .now) < .seconds(5))
            #expect(revocations == 1)
        }
    }
}
