import Foundation
import Testing

@testable import Inference

/// The inputs that fuzzing starts from and what it has found, in the ordinary build.
@Suite(.timeLimit(.minutes(2))) struct CorpusTests {
    @Test(arguments: InferenceInput.allCases) func everyInputIsReadOrRefused(input: InferenceInput) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Corpora/\(input.rawValue)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        try #require(files.count > 1)
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: file))
            let start = ContinuousClock.now
            input.read(bytes)
            #expect(start.duration(to: .now) < .seconds(30), "\(file.lastPathComponent)")
        }
    }
}
