import Foundation
import Testbed
import Testing

@testable import Threads

@Suite(.timeLimit(.minutes(1))) struct BoundedQueueTests {
    @Test func firstInFirstOut() {
        let queue = BoundedQueue<Int>(limit: .max)
        // Enough to go round the ring several times, never running empty.
        queue.push(-1)
        for number in 0..<5000 {
            queue.push(number)
            #expect(queue.pop() == number - 1)
        }
        #expect(queue.pop() == 4999)
    }

    @Test func pushWaitsAtTheLimitAndGoesOnWhenThereIsRoom() {
        let queue = BoundedQueue<Int>(limit: 2)
        let pushed = Shared(0)
        let producer = WorkerThread("producer") {
            for number in 0..<3 where queue.push(number) { pushed.change { $0 += 1 } }
        }
        #expect(!producer.join(within: 0.1))
        #expect(pushed.value == 2)
        #expect(queue.pop() == 0)
        #expect(producer.join(within: 20))
        #expect(queue.popAll(waiting: 0) == [1, 2])
    }

    @Test func roomIsWaitedForAndTold() {
        let queue = BoundedQueue<String>(limit: 2)
        for element in ["first", "second"] {
            #expect(queue.waitForRoom(0))
            queue.push(element)
        }
        #expect(!queue.waitForRoom(0))
        let consumer = WorkerThread("consumer") { _ = queue.pop() }
        #expect(queue.waitForRoom(20))
        consumer.join()
        #expect(queue.popAll(waiting: 0) == ["second"])
    }

    @Test func tryingToPushNeverWaits() {
        let queue = BoundedQueue<Int>(limit: 2)
        #expect(queue.tryPush(1) && queue.tryPush(2) && !queue.tryPush(3))
        #expect(queue.pop() == 1)
        #expect(queue.tryPush(4))
        #expect(queue.popAll(waiting: 0) == [2, 4])
        queue.close()
        #expect(!queue.tryPush(5))
    }

    /// Two steps, looking for room and pushing, would let more in than there is room for, or wait.
    @Test func asManyAsThereIsRoomForPush() {
        let queue = BoundedQueue<Int>(limit: 100)
        let taken = Shared(0)
        let threads = (0..<4).map { number in
            WorkerThread("pusher") { for _ in 0..<50 where queue.tryPush(number) { taken.change { $0 += 1 } } }
        }
        #expect(threads.allSatisfy { $0.join(within: 20) })
        #expect(taken.value == 100 && queue.popAll(waiting: 0).count == 100)
    }

    @Test func halfIsInclusive() {
        let queue = BoundedQueue<Int>(limit: 4)
        queue.push(1)
        queue.push(2)
        #expect(queue.isHalfEmpty)
        queue.push(3)
        #expect(!queue.isHalfEmpty)
    }

    @Test func closingDrainsThenEnds() {
        let queue = BoundedQueue<Int>(limit: 10)
        queue.push(1)
        queue.push(2)
        queue.close()
        #expect(!queue.push(3))
        #expect(!queue.isFinished)
        #expect(queue.pop() == 1)
        #expect(queue.popAll(waiting: 100) == [2])
        #expect(queue.isFinished)
        #expect(queue.pop() == nil)
        // No waiting for what can't come any more.
        #expect(queue.popAll(waiting: 100).isEmpty)
    }

    @Test func closingWakesEveryoneWhoWaits() {
        let empty = BoundedQueue<Int>(limit: 1)
        let full = BoundedQueue<Int>(limit: 1)
        full.push(0)
        let popped = Shared<[Int?]>([])
        let pushed = Shared<[Bool]>([])
        let consumers = (0..<3).map { _ in
            WorkerThread("consumer") {
                let element = empty.pop()
                popped.change { $0.append(element) }
            }
        }
        let producers = (0..<3).map { _ in
            WorkerThread("producer") {
                let went = full.push(1)
                pushed.change { $0.append(went) }
            }
        }
        #expect(!consumers[0].join(within: 0.05))
        #expect(!producers[0].join(within: 0))
        empty.close()
        full.close()
        for thread in consumers + producers { #expect(thread.join(within: 20)) }
        #expect(popped.value == [nil, nil, nil])
        #expect(pushed.value == [false, false, false])
        #expect(full.popAll(waiting: 0) == [0])
    }

    @Test func popAllWaitsForTheFirstOnly() {
        let queue = BoundedQueue<Int>(limit: 10)
        #expect(queue.popAll(waiting: 0.01).isEmpty)
        let producer = WorkerThread("producer") { queue.push(7) }
        let start = ContinuousClock.now
        #expect(queue.popAll(waiting: 50) == [7])
        #expect(start.duration(to: .now) < .seconds(25))
        producer.join()
    }

    /// A queue that is never empty would otherwise keep a thousand jobs' pictures alive.
    @Test func whatWasTakenIsLetGo() {
        final class Heavy: Sendable {}
        let queue = BoundedQueue<Heavy>(limit: 10)
        weak var first: Heavy?
        do {
            let heavy = Heavy()
            first = heavy
            queue.push(heavy)
        }
        queue.push(Heavy())
        #expect(first != nil)
        _ = queue.pop()
        #expect(first == nil)
    }

    @Test func manyThreadsLoseAndDoubleNothing() {
        let queue = BoundedQueue<Int>(limit: 5)
        let taken = Shared<[[Int]]>([])
        let consumers = (0..<3).map { _ in
            WorkerThread("consumer") {
                var mine: [Int] = []
                while let element = queue.pop() { mine.append(element) }
                taken.change { $0.append(mine) }
            }
        }
        let producers = (0..<4).map { producer in
            WorkerThread("producer") { for number in 0..<1000 { queue.push(producer * 1000 + number) } }
        }
        producers.forEach { $0.join() }
        queue.close()
        consumers.forEach { $0.join() }
        #expect(taken.value.joined().sorted() == Array(0..<4000))
        // What one producer pushed comes to one consumer in that order.
        for mine in taken.value {
            for producer in 0..<4 {
                let numbers = mine.filter { $0 / 1000 == producer }
                #expect(numbers == numbers.sorted())
            }
        }
    }
}
