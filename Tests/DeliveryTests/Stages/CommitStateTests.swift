import Testing

@testable import Delivery
@testable import Kafka

@Suite struct CommitStateTests {
    private let place = TopicPartition(topic: "t", partition: 0)
    private let start = ContinuousClock.now
    private let refused = KafkaError(code: 22, "can't commit offsets")

    @Test func onlyWhatWasAcceptedIsToldNoMore() {
        var state = CommitState()
        let first = state.due([place: 5], at: start)
        #expect(first == [place: 5])
        state.began(true, at: start)
        let meanwhile = state.due([place: 6], at: start + .seconds(5))
        #expect(meanwhile == nil, "one at a time")
        state.ended([place: 5], refused, at: start + .seconds(5))
        // Nothing has moved since, and yet it is told again.
        let again = state.due([place: 5], at: start + .seconds(36))
        #expect(again == [place: 5])
        state.began(true, at: start + .seconds(36))
        state.ended([place: 5], nil, at: start + .seconds(36))
        let done = state.due([place: 5], at: start + .seconds(40))
        #expect(done == nil)
        let next = state.due([place: 7], at: start + .seconds(42))
        #expect(next == [place: 7])
    }

    @Test func nothingIsToldAmidARebalance() {
        var state = CommitState()
        state.pause(at: start)
        let amid = state.due([place: 5], at: start + .seconds(10))
        #expect(amid == nil)
        state.resume()
        state.isSteady = false
        let joining = state.due([place: 5], at: start + .seconds(12))
        #expect(joining == nil)
        state.isSteady = true
        let after = state.due([place: 5], at: start + .seconds(14))
        #expect(after == [place: 5])
    }

    /// Neither a rebalance whose end nobody tells nor an outcome that never comes ends the telling for good.
    @Test func nothingIsAwaitedForEver() {
        var state = CommitState()
        state.pause(at: start)
        let late = state.due([place: 5], at: start + .seconds(61))
        #expect(late == [place: 5])
        state.began(true, at: start + .seconds(61))
        let lost = state.due([place: 5], at: start + .seconds(130))
        #expect(lost == [place: 5])
    }

    @Test func aPartitionThatComesBackIsToldAnew() {
        var state = CommitState()
        state.ended([place: 5], nil, at: start)
        #expect(state.missing([place: 5]).isEmpty)
        state.forget(place)
        #expect(state.missing([place: 5]) == [place: 5])
    }
}
