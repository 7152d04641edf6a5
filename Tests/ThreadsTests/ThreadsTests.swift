import Foundation
import Testbed
import Testing

@testable import Threads

@Suite(.timeLimit(.minutes(1))) struct ThreadsTests {
    @Test func aThreadHasItsNameAndStack() {
        let seen = Shared<(name: String?, stack: Int, thread: pthread_t?)>((nil, 0, nil))
        WorkerThread("lane 3") {
            let current = Thread.current
            seen.change { $0 = (current.name, current.stackSize, pthread_self()) }
        }.join()
        #expect(seen.value.name == "lane 3")
        #expect(seen.value.stack >= 8 << 20)
        #expect(seen.value.thread != nil)
        #expect(seen.value.thread != pthread_self())
    }

    @Test func joiningWaitsForTheBody() {
        let gate = StopSignal()
        let done = Shared(false)
        let thread = WorkerThread("waits") {
            gate.wait(100)
            done.change { $0 = true }
        }
        #expect(!thread.join(within: 0.05))
        #expect(!done.value)
        gate.request()
        thread.join()
        #expect(done.value)
        // Whoever asks again, and in whatever way, gets the same answer at once.
        thread.join()
        #expect(thread.join(within: 0))
    }

    @Test func aStopIsSeenByAllAndStays() {
        let stop = StopSignal()
        #expect(!stop.isRequested)
        #expect(!stop.wait(0.01))
        let waiting = (0..<3).map { _ in WorkerThread("waits") { stop.wait(1000) } }
        #expect(!waiting[0].join(within: 0.02))
        stop.request()
        for thread in waiting { #expect(thread.join(within: 20)) }
        #expect(stop.isRequested)
        stop.request()
        let start = ContinuousClock.now
        #expect(stop.wait(1000))
        #expect(start.duration(to: .now) < .seconds(100))
    }
}
