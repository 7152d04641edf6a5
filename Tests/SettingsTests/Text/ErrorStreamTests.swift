import Foundation
import Testbed
import Testing

@testable import Settings

@Suite(.serialized) struct ErrorStreamTests {
    @Test func whatIsWrittenArrivesWhole() throws {
        let scratch = try ScratchFolder()
        defer { scratch.remove() }
        let path = scratch.path + "/log"
        let file = open(path, O_WRONLY | O_CREAT, 0o600)
        let text = String(repeating: "zwölf\n", count: 100_000)
        ErrorStream.write(text, to: file)
        ErrorStream.write("", to: file)
        close(file)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    /// Both would end the process where `FileHandle` writes.
    @Test func whatCanNotBeWrittenIsCounted() throws {
        let before = ErrorStream.dropped
        let full = open("/dev/full", O_WRONLY)
        ErrorStream.write("line\n", to: full)
        close(full)
        #expect(ErrorStream.dropped == before + 1)

        signal(SIGPIPE, SIG_IGN)
        var pipe: [Int32] = [-1, -1]
        try #require(Glibc.pipe(&pipe) == 0)
        close(pipe[0])
        ErrorStream.write("line\n", to: pipe[1])
        close(pipe[1])
        #expect(ErrorStream.dropped == before + 2)
    }

    /// A pipe that does not wait takes what it can.
    @Test func aFullPipeIsNotWaitedFor() throws {
        let before = ErrorStream.dropped
        var pipe: [Int32] = [-1, -1]
        try #require(Glibc.pipe(&pipe) == 0)
        defer { pipe.forEach { close($0) } }
        _ = fcntl(pipe[1], F_SETFL, O_NONBLOCK)
        ErrorStream.write(String(repeating: "x", count: 1 << 20), to: pipe[1])
        #expect(ErrorStream.dropped == before + 1)
    }
}
