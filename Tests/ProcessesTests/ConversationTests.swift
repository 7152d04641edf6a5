import Foundation
import Testbed
import Testing

@testable import Processes

@Suite struct ConversationTests {
    private static func soon(_ seconds: Double = 60) -> ContinuousClock.Instant { .now + .seconds(seconds) }

    /// More than sockets hold, so that each side has to wait for the other.
    @Test func allBytesGoThereAndBack() async throws {
        try await onOwnThread {
            let child = try ChildProcess(["/bin/cat"], output: nil)
            for size in [1, 70_000, 100_000] {
                let sent = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
                try child.write(sent, until: Self.soon()) { true }
                #expect(try child.read(size, until: Self.soon()) { true } == sent)
            }
            child.closeInput()
            child.wait()
            #expect(child.end == 0)
        }
    }

    @Test func whatDoesNotComeIsNotWaitedForForEver() async throws {
        try await onOwnThread {
            let silent = try ChildProcess(["/bin/sleep", "600"], output: nil)
            defer { silent.signal(SIGKILL) }
            #expect(throws: ChildProcess.Silence.late) { try silent.read(1, until: Self.soon(0.2)) { true } }
            var asked = 0
            #expect(throws: ChildProcess.Silence.unwanted) {
                try silent.read(1, until: Self.soon()) {
                    asked += 1
                    return asked < 3
                }
            }
            // Nobody reads there.
            #expect(throws: ChildProcess.Silence.late) {
                try silent.write(.init(repeating: 1, count: 8 << 20), until: Self.soon(0.2)) { true }
            }
        }
    }

    @Test func anEndIsSeen() async throws {
        try await onOwnThread {
            let brief = try ChildProcess(["/bin/sh", "-c", "printf abc"], output: nil)
            #expect(try brief.read(3, until: Self.soon()) { true } == Array("abc".utf8))
            #expect(throws: ChildProcess.Silence.ended) { try brief.read(1, until: Self.soon()) { true } }
            brief.wait()
            #expect(throws: ChildProcess.Silence.ended) {
                try brief.write(.init(repeating: 1, count: 1 << 20), until: Self.soon()) { true }
            }
        }
    }
}
