import Foundation
import Testbed
import Testing

@testable import Kafka

/// Over librdkafka's in-process broker.
@Suite(.timeLimit(.minutes(3))) struct LogInquiryTests {
    @Test func logsAreToldAllAtOnce() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench(partitions: 8, brokers: 3)
            try bench.fill(40)
            let inquiry = try LogInquiry(bench.configuration(), logger: bench.logger)
            let places = (0..<8).map { bench.place(Int32($0)) }
            let bounds = inquiry.bounds(of: places, within: .seconds(10))
            #expect(Set(bounds.keys) == Set(places))
            #expect(try bounds.values.reduce(0) { $0 + Int(try $1.get().upperBound) } == 40)
            #expect(try bounds.values.allSatisfy { try $0.get().lowerBound == 0 })
            #expect(try inquiry.partitionCount(of: KafkaBench.topic, within: .seconds(5)) == 8)
            #expect(inquiry.cluster(within: .seconds(1)) != nil)
            let ends = inquiry.offsets([places[0]: -1, places[1]: -2], within: .seconds(5))
            #expect(try ends[places[0]]?.get() == bounds[places[0]]?.get().upperBound)
            #expect(try ends[places[1]]?.get() == 0)
        }
    }

    @Test func whatIsNotThereFailsAlone() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench(partitions: 2)
            try bench.fill(10)
            let inquiry = try LogInquiry(bench.configuration(), logger: bench.logger)
            let bounds = inquiry.bounds(of: [bench.place(0), bench.place(5)], within: .seconds(5))
            #expect(try bounds[bench.place(0)]?.get().lowerBound == 0)
            let error = #expect(throws: KafkaError.self) { try bounds[bench.place(5)]?.get() }
            #expect(error?.isUnknownTopic == true)
        }
    }

    /// Each partition of a broker that is away fails, within the time it was given, and the others do not.
    @Test func aBrokerThatIsAwayFailsForItsOwnPartitions() async throws {
        try await onKafkaThread {
            let bench = try KafkaBench(partitions: 30, brokers: 3)
            try bench.fill(30)
            let inquiry = try LogInquiry(bench.configuration(), logger: bench.logger)
            let places = (0..<30).map { bench.place(Int32($0)) }
            #expect(inquiry.bounds(of: places, within: .seconds(5)).values.allSatisfy { (try? $0.get()) != nil })
            try bench.broker.takeDown(2)
            // Which broker leads a partition is drawn: of few partitions one in ten times it is none of a broker's.
            try eventually("some of the others and none of its own") {
                let start = ContinuousClock.now
                let reached = inquiry.bounds(of: places, within: .seconds(2)).values.filter { (try? $0.get()) != nil }
                #expect(start.duration(to: .now) < .seconds(30))
                return (1..<30).contains(reached.count)
            }
            try bench.broker.bringUp(2)
            try eventually("all of them again") {
                inquiry.bounds(of: places, within: .seconds(5)).values.allSatisfy { (try? $0.get()) != nil }
            }
        }
    }
}
