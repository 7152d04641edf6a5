import Testing

@testable import Delivery
@testable import Jobs
@testable import Kafka

@Suite struct BatchBoundTests {
    /// Jobs of so many images each, finished from offset 10 on.
    private func prefix(_ partition: Int32, _ sizes: [Int], bytes: Int = 0) throws -> Assignments.Ledger.Prefix {
        let place = TopicPartition(topic: "t", partition: partition)
        let jobs = try sizes.enumerated().map { index, size in
            let images = try (0..<size).map { try ImageJob.Image(id: "\($0)", uri: "file:///\($0)", label: nil) }
            let record = KafkaRecord(
                topicPartition: place, offset: Int64(10 + index), value: Array(repeating: 0, count: bytes))
            return FinishedJob(
                ticket: Ticket(record: record, epoch: 1),
                outcome: .failed(
                    JobError(.crashedWorker, "x"),
                    try ImageJob(analysis: String(repeating: "0", count: 32), images: images)))
        }
        return .init(
            partition: place, epoch: 1, expected: 10, nextOffset: Int64(10 + sizes.count), outcomes: jobs)
    }

    private func taken(_ prefixes: [Assignments.Ledger.Prefix]) -> [[Int64]] {
        prefixes.map { [Int64($0.partition.partition), $0.expected, $0.nextOffset, Int64($0.outcomes.count)] }
    }

    @Test func whatFitsIsTakenWhole() throws {
        var bound = BatchBound()
        let ready = try [prefix(0, [256, 256]), prefix(3, [1])]
        #expect(taken(bound.take(ready)) == [[0, 10, 12, 2], [3, 10, 11, 1]])
        #expect(bound.take([]).isEmpty)
    }

    /// Whole jobs, in the order of their offsets, and each partition in its turn.
    @Test func whatDoesNotFitComesNext() throws {
        var bound = BatchBound()
        let ready = try [prefix(0, Array(repeating: 256, count: 20)), prefix(1, [256]), prefix(2, [256])]
        #expect(taken(bound.take(ready)) == [[0, 10, 18, 8]])
        #expect(taken(bound.take(ready)) == [[1, 10, 11, 1], [2, 10, 11, 1], [0, 10, 16, 6]])
        #expect(taken(bound.take(ready)) == [[1, 10, 11, 1], [2, 10, 11, 1], [0, 10, 16, 6]])
        #expect(taken(bound.take(try [prefix(0, [9])])) == [[0, 10, 11, 1]])
    }

    @Test func aTimeoutHalvesWhatWasTaken() throws {
        var bound = BatchBound()
        let ready = try [prefix(0, [64, 64, 64, 64])]
        var sizes: [Int] = []
        for _ in 0..<5 {
            let part = bound.take(ready)
            sizes.append(part.reduce(0) { $0 + $1.outcomes.count })
            bound.halve(part)
        }
        // A job goes in one transaction or not at all.
        #expect(sizes == [4, 2, 1, 1, 1])
        while bound.rows < BatchBound.full {
            let before = bound.rows
            bound.recover()
            try #require(bound.rows > before)
        }
        bound.recover()
        #expect(bound.rows == BatchBound.full && taken(bound.take(ready)) == [[0, 10, 14, 4]])
    }

    /// A dead letter keeps its message, which may be a hundred times as large as the rows.
    @Test func messagesWeighToo() throws {
        var bound = BatchBound()
        let ready = try [prefix(0, Array(repeating: 1, count: 40), bytes: 1 << 20)]
        #expect(taken(bound.take(ready)) == [[0, 10, 25, 15]])
    }

    /// Offsets that hold no job move on, beside others and alone.
    @Test func gapsCostNothing() throws {
        var bound = BatchBound()
        #expect(taken(bound.take(try [prefix(0, []), prefix(1, [4])])).count == 2)
    }
}
