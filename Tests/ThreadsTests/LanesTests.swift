import Foundation
import Synchronization
import Testing

@testable import Threads

@Suite struct LanesTests {
    private struct Refusal: Error { let number: Int }

    @Test(arguments: [1, 2, 5, 40], [0, 1, 3, 17])
    func resultsComeInOrder(lanes: Int, count: Int) throws {
        #expect(try Lanes.map(count, lanes: lanes) { $0 * $0 } == (0..<count).map { $0 * $0 })
    }

    /// Each of three waits until all three have been begun.
    @Test func lanesWorkAtOnce() throws {
        let condition = MonotonicCondition()
        let begun = Begun()
        let all = try Lanes.map(3, lanes: 3) { _ in
            condition.withLock {
                begun.count.withLock { $0 += 1 }
                condition.broadcast()
                let deadline = MonotonicCondition.Deadline(in: 60)
                while begun.count.withLock({ $0 }) < 3 {
                    guard condition.wait(until: deadline) else { return false }
                }
                return true
            }
        }
        #expect(all == [true, true, true])
    }

    @Test(arguments: [1, 4]) func theLowestFailureIsThrown(lanes: Int) {
        let failure = #expect(throws: Refusal.self) {
            try Lanes.map(30, lanes: lanes) { number in
                if number >= 2 { throw Refusal(number: number) }
            }
        }
        #expect(failure?.number == 2)
    }

    /// Not sendable: each lane makes its own, and nobody else sees it.
    private final class Tally { var numbers: [Int] = [] }

    @Test(arguments: [1, 3, 9]) func eachLaneHasMemoryOfItsOwn(lanes: Int) throws {
        let made = Begun()
        let seen = try Lanes.map(
            40, lanes: lanes,
            memory: { () -> Tally in
                made.count.withLock { $0 += 1 }
                return Tally()
            },
            { tally, number -> [Int] in
                tally.numbers.append(number)
                return tally.numbers
            })
        #expect(made.count.withLock { $0 } == lanes)
        for (number, numbers) in seen.enumerated() {
            #expect(numbers.last == number && numbers == numbers.sorted())
        }
        #expect(try Lanes.map(0, lanes: lanes, memory: { Issue.record("for nothing") }, { _, number in number }) == [])
    }

    private final class Begun: Sendable { let count = Mutex(0) }
}
