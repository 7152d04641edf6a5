import Testing

@testable import Fetch

@Suite struct FetchCircuitTests {
    private let start = ContinuousClock.now
    private let circuit = FetchCircuit()

    private func later(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func itOpensWhenMostFetchesFail() {
        for index in 0..<9 { #expect(!circuit.record("h", failed: index != 4, now: start)) }
        #expect(circuit.admit("h", now: start) == .go, "nine say too little")
        #expect(circuit.record("h", failed: true, now: start))
        #expect(circuit.open == ["h"])
        guard case .wait(let until) = circuit.admit("h", now: start) else {
            Issue.record("it let a fetch through")
            return
        }
        #expect(until > start && until <= later(1))
        #expect(circuit.admit("other", now: start) == .go, "each host has its own")
    }

    @Test func oneTrialAtATimeDecides() {
        for _ in 0..<10 { circuit.record("h", failed: true, now: start) }
        #expect(circuit.admit("h", now: later(1)) == .go, "the trial")
        guard case .wait = circuit.admit("h", now: later(1)) else {
            Issue.record("two trials at a time")
            return
        }
        #expect(!circuit.record("h", failed: true, now: later(1)))
        #expect(circuit.open == ["h"])
        #expect(circuit.admit("h", now: later(100)) == .go)
        #expect(circuit.record("h", failed: false, now: later(100)), "it closes")
        #expect(circuit.open == [])
        #expect(!circuit.record("h", failed: true, now: later(101)), "and begins anew")
        #expect(circuit.admit("h", now: later(101)) == .go)
    }

    @Test func halfIsNotMost() {
        for index in 0..<40 { #expect(!circuit.record("h", failed: index % 2 == 1, now: start)) }
    }

    /// Logs name it, and a password that was not encoded would be part of it.
    @Test(arguments: ["http://me:secret/@host/x", "http://me:secret?@host", "s3://me:secret/x@bucket/y"])
    func hostsThatMayHoldAPasswordAreNotShown(uri: String) {
        #expect(!FetchCircuit.shownOrigin(of: uri).contains("secret"), "\(FetchCircuit.shownOrigin(of: uri))")
        #expect(FetchCircuit.shownOrigin(of: "https://me:secret@Host:81/x?token") == "https://host:81")
    }

    @Test func imagesShareTheFateOfTheirHost() {
        #expect(FetchCircuit.origin(of: "file:///a/b.jpg") == FetchCircuit.origin(of: "FILE:///c.jpg"))
        #expect(FetchCircuit.origin(of: "https://me:secret@Host:81/x?token") == "https://host:81")
        #expect(FetchCircuit.origin(of: "s3://bucket/key") == "s3://bucket")
        #expect(FetchCircuit.origin(of: "data:,x") == "data")
        #expect(FetchCircuit.origin(of: "nothing") == "")
        #expect(FetchCircuit.origin(of: "https://me:secret@\u{301}host/x") == "https://\u{301}host")
    }
}
