import Foundation
import Testbed
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
        #expect(!circuit.shownOrigin(of: uri).contains("secret"), "\(circuit.shownOrigin(of: uri))")
        #expect(circuit.shownOrigin(of: "https://me:secret@Host:81/x?token") == "https://host:81")
    }

    @Test func imagesShareTheFateOfTheirHost() {
        #expect(circuit.origin(of: "file:///a/b.jpg") == circuit.origin(of: "FILE:///c.jpg"))
        #expect(circuit.origin(of: "https://me:secret@Host:81/x?token") == "https://host:81")
        #expect(circuit.origin(of: "s3://bucket/key") == "s3://bucket")
        #expect(circuit.origin(of: "data:,x") == nil, "nobody is asked")
        #expect(circuit.origin(of: "nothing") == "")
        #expect(circuit.origin(of: "https://me:secret@\u{301}host/x") == "https://\u{301}host")
    }

    /// A share that hangs is no trouble of the disk beside it.
    @Test func everyVolumeIsAnOriginOfItsOwn() throws {
        let scratch = try ScratchFolder()
        defer { scratch.remove() }
        let roots = [scratch.path + "/a", scratch.path + "/a/b", scratch.path + "/other"]
        for root in roots { try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true) }
        try FileManager.default.createSymbolicLink(atPath: scratch.path + "/link", withDestinationPath: roots[2])
        let circuit = FetchCircuit(roots: FileRoots(roots.dropLast() + [scratch.path + "/link"]))
        let origins = ["/a/x.jpg", "/a/b/x.jpg", "/a/bc/x.jpg", "/link/x.jpg", "/other/x.jpg", "/none/x.jpg"].map {
            circuit.origin(of: ImageFetcher.fileURI(ofPath: scratch.path + $0))
        }
        #expect(origins[0] != origins[1] && origins[0] == origins[2])
        #expect(origins[3] == origins[4], "by whichever of its names")
        #expect(Set(origins).count == 4)
        for _ in 0..<10 { circuit.record(try #require(origins[0]), failed: true, now: start) }
        #expect(circuit.admit(try #require(origins[1]), now: start) == .go)
    }

    @Test func anotherAnswerIsAnothers() {
        circuit.record("h", failed: false, now: later(5))
        circuit.record("silent", failed: true, now: later(5))
        #expect(!circuit.anotherAnswers(than: "h", since: start))
        circuit.record("other", failed: false, now: later(3))
        #expect(circuit.anotherAnswers(than: "h", since: later(3)))
        #expect(!circuit.anotherAnswers(than: "h", since: later(4)), "it did once")
    }

    @Test func hostsWithoutNumberTakeNoMemory() {
        for _ in 0..<10 { circuit.record("dead", failed: true, now: start) }
        for number in 0..<3 * FetchCircuit.limit {
            circuit.record("\(number)", failed: false, now: later(Double(number)))
        }
        #expect(circuit.count == FetchCircuit.limit)
        #expect(circuit.open == ["dead"], "a circuit that is open is kept longest")
        for number in 0..<2 * FetchCircuit.limit {
            for _ in 0..<10 { circuit.record("dead \(number)", failed: true, now: later(10_000 + Double(number))) }
        }
        #expect(circuit.count == FetchCircuit.limit)
        #expect(!circuit.open.contains("dead"))
    }
}
