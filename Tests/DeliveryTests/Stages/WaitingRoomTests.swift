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
            #expect(room.park(try task(offset), until: start + .seconds(seconds)))
        }
        #expect(room.next(now: start) == nil)
        #expect(room.next(now: start + .seconds(2))?.ticket.record.offset == 1)
        #expect(room.next(now: start + .seconds(2))?.ticket.record.offset == 2)
        #expect(room.next(now: start + .seconds(2)) == nil)
        #expect(room.clear().map(\.ticket.record.offset) == [0])
        #expect(room.isEmpty)
    }

    @Test func picturesInItAreBounded() throws {
        let room = WaitingRoom(pictureLimit: 3)
        #expect(room.park(try task(0, pictures: 2), until: start))
        #expect(!room.park(try task(1, pictures: 2), until: start))
        #expect(room.park(try task(2, pictures: 1), until: start))
        #expect(room.park(try task(3), until: start), "one without pictures always fits")
    }
}
