import Foundation
import Testbed
import Testing

@testable import Entente

@Suite struct ExportOutputTests {
    @Test func aFileAppearsWhenItIsWhole() throws {
        let scratch = try ScratchFolder()
        let path = scratch.path + "/out.csv"
        let output = try ExportOutput(path: path)
        for _ in 0..<20_000 { try output.line("some line") }
        #expect(!FileManager.default.fileExists(atPath: path))
        try output.finish()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == String(repeating: "some line\n", count: 20_000))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["out.csv"])
        let failure = #expect(throws: CommandFailure.self) { try ExportOutput(path: scratch.path + "/no/x") }
        #expect(failure?.exit == .badInput && failure?.description.contains("--output") == true)
    }
}
