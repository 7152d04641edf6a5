import Concepts
import Persistence
import Testbed
import Testing

@testable import Analyzing
@testable import Delivery
@testable import Fetch
@testable import Jobs
@testable import Kafka
@testable import Threads

@Suite(.timeLimit(.minutes(2))) struct LaneTests {
    private let partition = TopicPartition(topic: "t", partition: 0)
    private let assignments = Assignments(limit: .max)
    private let prepared = BoundedQueue<PreparedJob>(limit: .max)
    private let finished = BoundedQueue<FinishedJob>(limit: .max)

    private let left = Shared(0)

    private var lane: Lane {
        Lane(
            assignments: assignments, batchSize: 2, leave: { _ in left.change { $0 += 1 } })
    }

    private func ticket(_ offset: Int64, epoch: Int64 = 1) throws -> Ticket {
        if assignments.partitions.isEmpty {
            assignments.assign(PartitionLedger(partition, startingAt: 0, epoch: epoch))
        }
        return try #require(
            assignments.take(KafkaRecord(topicPartition: partition, offset: offset, value: nil), weight: 1).ticket)
    }

    /// A job of pictures, each nil one a failure.
    private func job(_ paths: [String?], _ ticket: Ticket) throws -> PreparedJob {
        let images = try paths.enumerated().map { index, path in
            var image = JobImage(try ImageJob.Image(id: "\(index)", uri: "data:,"), patience: 0)
            image.label = index % 3
            image.timings = StageTimings(fetch: 1, decode: 2)
            image.state =
                try path.map { .picture(try DemoAnalysis.prepared($0, label: index % 3)) }
                ?? .failed(ImageFailure(.notFound, "\(index) is gone."))
            return image
        }
        let analysis = try DemoAnalysis.shared()
        return PreparedJob(
            ticket: ticket, job: try ImageJob(analysis: analysis.id, images: images.map(\.entry)), analysis: analysis,
            images: images)
    }

    private func images(_ outcome: FinishedJob.Outcome) throws -> [JobImage] {
        guard case .images(_, _, let images) = outcome else {
            Issue.record("\(outcome)")
            return []
        }
        return images
    }

    @Test func findingsStayWithTheirImages() throws {
        let paths = DemoAnalysis.pictures
        let alone = try ImageAnalyzer(DemoAnalysis.shared(), batchSize: 1).findings(
            [(paths[0], 1), (paths[1], 2), (paths[2], 1)].map { try DemoAnalysis.prepared($0, label: $1) })
        prepared.push(try job([nil, paths[0], paths[1], nil, paths[2]], try ticket(0)))
        prepared.close()
        lane.run(from: prepared, to: finished)
        let done = finished.popAll(waiting: 0)
        #expect(done.count == 1 && left.value == 1)
        let images = try images(try #require(done.first).outcome)
        try #require(images.map(\.entry.id) == ["0", "1", "2", "3", "4"])
        #expect(images.map(\.label) == [0, 1, 2, 0, 1])
        for (index, expected) in [(1, alone[0]), (2, alone[1]), (4, alone[2])] {
            guard case .analyzed(let findings, _, _) = images[index].state else {
                Issue.record("\(images[index].state)")
                continue
            }
            #expect(findings == expected, "image \(index)")
            #expect(images[index].timings.fetch == 1 && images[index].timings.decode == 2)
            #expect(images[index].timings.encode > 0)
        }
        for index in [0, 3] { #expect(images[index].failure == ImageFailure(.notFound, "\(index) is gone.")) }
    }

    @Test func aJobWithoutAnyPictureIsFinishedToo() throws {
        prepared.push(try job([nil, nil], try ticket(0)))
        prepared.close()
        lane.run(from: prepared, to: finished)
        let images = try images(try #require(finished.popAll(waiting: 0).first).outcome)
        #expect(images.count == 2)
        #expect(images.allSatisfy { $0.failure != nil })
    }

    /// Its new owner does it anew; computing it here would be lost work.
    @Test func jobsOfAPartitionThatIsGoneAreAbandoned() throws {
        let lost = try ticket(0)
        assignments.revoke(partition)
        let kept = try ticket(0, epoch: 2)
        prepared.push(try job([DemoAnalysis.pictures[0]], lost))
        prepared.push(try job([nil], kept))
        prepared.close()
        lane.run(from: prepared, to: finished)
        let done = finished.popAll(waiting: 0)
        try #require(done.count == 2)
        if case .abandoned = done[0].outcome {} else { Issue.record("\(done[0].outcome)") }
        #expect(try images(done[1].outcome).count == 1)
        #expect(left.value == 2)
    }
}
