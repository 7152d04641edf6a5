import Foundation
import Testing

@testable import Inference

/// What comes with the program under open_clip's names.
@Suite struct ArchitecturesTests {
    private static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        .joined(separator: "/") + "/share/architectures"

    @Test func eachIsOneThatIsRead() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".json") }
        #expect(names.count >= 108)
        for name in names {
            let file = "\(Self.folder)/\(name)"
            let configuration = try ModelConfiguration(openClip: ConfigurationValue(file: file), file: file)
            #expect(configuration.text != nil && configuration.embeddingWidth > 0, "\(name)")
        }
    }
}
