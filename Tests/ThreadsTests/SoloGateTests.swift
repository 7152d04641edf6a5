import Foundation
import Testbed
import Testing

@testable import Threads

@Suite(.timeLimit(.minutes(1))) struct SoloGateTests {
    @Test func aSuspectWorksAlone() {
        let gate = SoloGate()
        #expect(gate.enter(alone: false) { true })
        let inside = Shared<[String]>([])
        let suspect = WorkerThread("suspect") {
            guard gate.enter(alone: true, while: { true }) else { return }
            inside.change { $0.append("suspect") }
            gate.leave(alone: true)
        }
        #expect(!suspect.join(within: 0.1), "an ordinary job is at work")
        let late = WorkerThread("late") {
            guard gate.enter(alone: false, while: { true }) else { return }
            inside.change { $0.append("late") }
            gate.leave(alone: false)
        }
        #expect(!late.join(within: 0.1), "the suspect waits and goes first")
        gate.leave(alone: false)
        suspect.join()
        late.join()
        #expect(inside.value == ["suspect", "late"])
    }

    @Test func whoIsNoLongerWantedWaitsNoLonger() {
        let gate = SoloGate()
        #expect(gate.enter(alone: true) { true })
        #expect(!gate.enter(alone: false) { false })
        #expect(!gate.enter(alone: true) { false })
        gate.leave(alone: true)
        #expect(gate.enter(alone: false) { false }, "a free gate asks nobody")
    }

    @Test func manyThreadsNeverShareWithASuspect() {
        let gate = SoloGate()
        let state = Shared((ordinary: 0, alone: 0, wrong: 0))
        let threads = (0..<8).map { number in
            WorkerThread("\(number)") {
                for turn in 0..<200 {
                    let alone = (turn + number) % 5 == 0
                    guard gate.enter(alone: alone, while: { true }) else { return }
                    state.change {
                        if alone { $0.alone += 1 } else { $0.ordinary += 1 }
                        if $0.alone > 1 || ($0.alone == 1 && $0.ordinary > 0) { $0.wrong += 1 }
                    }
                    state.change { if alone { $0.alone -= 1 } else { $0.ordinary -= 1 } }
                    gate.leave(alone: alone)
                }
            }
        }
        threads.forEach { $0.join() }
        #expect(state.value.wrong == 0)
    }
}
