import Testbed
import Testing

@testable import Delivery
@testable import Jobs
@testable import Kafka

@Suite struct WaitingRoomTests {
    private let start = ContinuousClock.now

    private func task(_ offset: Int64, pictures: Int = 0) throws -> PreparationTask {
        var task = PreparationTask(
            Ticket(
                record: KafkaRecord(
                    topicPartition: TopicPartition(topic: "t", partition: 0), offset: offset, value: nil),
                epoch: 1))
        for _ in 0..<pictures {
            var image = JobImage(try ImageJob.Image(id: "a", uri: "data:,"), patience: 1)
            image.state = .picture(try DemoAnalysis.prepared(DemoAnalysis.pictures[0]))
            task.images.append(image)
        }
        return task
    }

    @Test func whoIsDueFirstGoesFirst() throws {
        let room = WaitingRoom(pictureLimit: 1)
        for (offset, seconds) in [(Int64(0), 3), (1, 1), (2, 2)] {
            room.park(try task(offset), until: start + .seconds(seconds))
        }
        #expect(room.next(now: start) == nil)
        #expect(room.next(now: start + .seconds(2))?.ticket.record.offset == 1)
        #expect(room.next(now: start + .seconds(2))?.ticket.record.offset == 2)
        #expect(room.next(now: start + .seconds(2)) == nil)
        #expect(room.clear().map(\.ticket.record.offset) == [0])
        #expect(room.isEmpty)
    }

    /// Those that don't find room are let go of, and fetched again when the rest of their job is there.
    @Test func picturesInItAreBounded() throws {
        let room = WaitingRoom(pictureLimit: 3)
        room.park(try task(0, pictures: 2), until: start)
        var large = try task(1, pictures: 2)
        large.images.append(JobImage(try ImageJob.Image(id: "b", uri: "data:,"), patience: 1))
        room.park(large, until: start)
        room.park(try task(2, pictures: 1), until: start)
        room.park(try task(3), until: start)
        var tasks = room.clear()
        #expect(tasks.map(\.pictures) == [2, 0, 1, 0])
        try #require(tasks[1].images.count == 3)
        #expect(tasks[1].awaited == [2], "what was never there goes first")
        tasks[1].images[2].state = .picture(try DemoAnalysis.prepared(DemoAnalysis.pictures[0]))
        #expect(tasks[1].awaited == [0, 1])
    }
}
