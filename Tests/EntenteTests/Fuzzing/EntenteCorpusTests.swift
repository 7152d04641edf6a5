import Foundation
import Testbed
import Testing

@testable import Entente

/// The inputs that fuzzing starts from and what it has found, in the ordinary build.
@Suite(.timeLimit(.minutes(2))) struct EntenteCorpusTests {
    @Test(arguments: EntenteInput.allCases) func everyInputIsReadOrRefused(input: EntenteInput) throws {
        let folder = URL(fileURLWithPath: Checkout.root + "/Tests/Corpora/\(input.rawValue)")
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
