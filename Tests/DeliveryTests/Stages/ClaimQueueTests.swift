import Persistence
import Testbed
import Testing

@testable import Delivery
@testable import Kafka

@Suite(.timeLimit(.minutes(1))) struct ClaimQueueTests {
    private let queue = ClaimQueue()
    private let place = TopicPartition(topic: "t", partition: 0)

    private func claim(_ epoch: Int64) -> PartitionClaim {
        PartitionClaim(partition: place, epoch: epoch, start: 0, proof: nil, suspects: [:])
    }

    private func wish() throws -> ClaimQueue.Wish {
        guard case .claim(let wishes)? = queue.next() else { throw Unexpected() }
        return try #require(wishes.first)
    }

    private struct Unexpected: Error {}

    @Test func aClaimIsHandedOverOnce() throws {
        queue.want([place])
        #expect(queue.isBusy)
        let wish = try wish()
        #expect(queue.stands(wish))
        queue.fulfil(wish, with: claim(3))
        #expect(try queue.takeClaims().map(\.epoch) == [3])
        #expect(try queue.takeClaims().isEmpty)
        #expect(queue.waiting.isEmpty && !queue.isBusy)
    }

    /// Whatever was claimed for nobody any more is let go in order, so that the next owner suspects no job.
    @Test func whatNobodyWantsAnyMoreIsReleased() throws {
        queue.want([place])
        let first = try wish()
        queue.forget(place, releasing: nil)
        #expect(!queue.stands(first))
        queue.fulfil(first, with: claim(3))
        queue.want([place])
        let second = try late()
        queue.fulfil(second, with: claim(5))
        queue.forget(place, releasing: nil)
        #expect(try queue.takeClaims().isEmpty)
        queue.close()
        var released: [Int64] = []
        while let errand = queue.next() { if case .release(_, let epoch) = errand { released.append(epoch) } }
        #expect(released == [5])
    }

    /// The next wish, behind what is to be released first.
    private func late() throws -> ClaimQueue.Wish {
        while let errand = queue.next() {
            if case .release(_, let epoch) = errand { #expect(epoch == 3) }
            if case .claim(let wishes) = errand { return try #require(wishes.first) }
        }
        throw Unexpected()
    }

    @Test func aWishOfAnEarlierAssignmentIsVoid() throws {
        queue.want([place])
        let first = try wish()
        queue.forget(place, releasing: nil)
        queue.want([place])
        #expect(!queue.stands(first))
        #expect(!queue.postpone(first, for: .held("x")))
        #expect(queue.waiting[place]?.cause == .claim)
    }

    @Test func whatItWaitsForIsNewsOnce() throws {
        queue.want([place])
        let wish = try wish()
        #expect(queue.postpone(wish, for: .trouble("a")))
        #expect(!queue.postpone(wish, for: .trouble("a")))
        #expect(queue.postpone(wish, for: .held("b"), lag: 4))
        #expect(!queue.postpone(wish, for: .held("b")))
        #expect(queue.waiting[place]?.lag == 4 && queue.waiting[place]?.isHeld == true)
        #expect(!queue.isBusy, "no claim comes before an operator")
    }

    @Test func oneQuestionHasOneAnswer() throws {
        #expect(queue.takeIdleness() == nil)
        queue.askIdleness(of: [place])
        guard case .judgeIdleness(let asked)? = queue.next() else { throw Unexpected() }
        #expect(asked == .these([place]))
        queue.answerIdleness(true)
        #expect(queue.takeIdleness() == true)
        #expect(queue.takeIdleness() == nil)
    }

    @Test func afterAFailureNothingIsClaimed() {
        struct Left: Error {}
        queue.fail(Left())
        #expect(throws: Left.self) { try queue.takeClaims() }
    }
}
