import Synchronization
import Testbed
import Testing

@testable import Exploring

@Suite struct SharedWorkTests {
    private struct Refused: Error {}

    /// Work that goes on until it is let through, and counts how often it was begun and called off.
    private final class Workshop: Sendable {
        let work = SharedWork<String, Int>()
        let begun = Atomic(0)
        let calledOff = Atomic(0)
        /// One a piece of work, as a stream has one reader; nil once all are open.
        private let gates = Mutex<[AsyncStream<Void>.Continuation]?>([])

        func open() {
            let closed = gates.withLock { gates in
                defer { gates = nil }
                return gates ?? []
            }
            for gate in closed { gate.finish() }
        }

        /// Waits until the gates are open or the task is cancelled.
        private func pass() async {
            let (stream, gate) = AsyncStream<Void>.makeStream()
            gates.withLock { $0?.append(gate) ?? gate.finish() }
            for await _ in stream {}
        }

        func ask(_ key: String, _ make: @escaping @Sendable () throws -> Int = { 7 }) -> Task<Int, any Error> {
            Task {
                try await work.value(of: key) { [self] in
                    begun.add(1, ordering: .sequentiallyConsistent)
                    await pass()
                    if Task.isCancelled { calledOff.add(1, ordering: .sequentiallyConsistent) }
                    return try make()
                }
            }
        }

        func until(_ what: String, _ condition: @escaping @Sendable (Workshop) -> Bool) async throws {
            try await onOwnThread { try eventually(what) { condition(self) } }
        }
    }

    @Test func whoeverAsksForTheSameWaitsWithTheFirst() async throws {
        let shop = Workshop()
        let tasks = (0..<8).map { _ in shop.ask("a") }
        try await shop.until("all wait") { $0.work.waiting(for: "a") == 8 }
        shop.open()
        for task in tasks { #expect(try await task.value == 7) }
        #expect(shop.begun.load(ordering: .sequentiallyConsistent) == 1)
        #expect(shop.work.waiting(for: "a") == 0)
        // What is done is not kept here.
        #expect(try await shop.ask("a").value == 7)
        #expect(shop.begun.load(ordering: .sequentiallyConsistent) == 2)
    }

    @Test func othersHaveWorkOfTheirOwn() async throws {
        let shop = Workshop()
        let (a, b) = (shop.ask("a") { 1 }, shop.ask("b") { 2 })
        try await shop.until("both wait") { $0.work.waiting(for: "a") == 1 && $0.work.waiting(for: "b") == 1 }
        shop.open()
        #expect(try await (a.value, b.value) == (1, 2))
    }

    @Test func whoeverLeavesTakesNothingFromTheOthers() async throws {
        let shop = Workshop()
        let first = shop.ask("a")
        try await shop.until("the first waits") { $0.work.waiting(for: "a") == 1 }
        let second = shop.ask("a")
        try await shop.until("both wait") { $0.work.waiting(for: "a") == 2 }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(shop.work.waiting(for: "a") == 1)
        shop.open()
        #expect(try await second.value == 7)
        #expect(shop.calledOff.load(ordering: .sequentiallyConsistent) == 0)
        #expect(shop.begun.load(ordering: .sequentiallyConsistent) == 1)
    }

    @Test func whatNobodyWaitsForIsCalledOff() async throws {
        let shop = Workshop()
        let tasks = (0..<2).map { _ in shop.ask("a") }
        try await shop.until("both wait") { $0.work.waiting(for: "a") == 2 }
        for task in tasks { task.cancel() }
        for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
        // A cancelled task no longer waits for the gate.
        try await shop.until("it is called off") { $0.calledOff.load(ordering: .sequentiallyConsistent) == 1 }
        shop.open()
        // Whoever comes behind begins anew.
        #expect(try await shop.ask("a").value == 7)
        #expect(shop.begun.load(ordering: .sequentiallyConsistent) == 2)
    }

    @Test func whoIsCancelledAlreadyBeginsNothing() async throws {
        let shop = Workshop()
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await shop.work.value(of: "a") { 7 }
        }
        await #expect(throws: CancellationError.self) { try await late.value }
        #expect(shop.work.waiting(for: "a") == 0)
    }

    @Test func aFailureReachesAllWhoWait() async throws {
        let shop = Workshop()
        let tasks = (0..<3).map { _ in shop.ask("a") { throw Refused() } }
        try await shop.until("all wait") { $0.work.waiting(for: "a") == 3 }
        shop.open()
        for task in tasks { await #expect(throws: Refused.self) { try await task.value } }
    }
}
