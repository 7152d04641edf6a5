import Foundation
import Testing

/// The inputs of one fuzz target.
public struct Corpus {
    private let files: [URL]

    /// - Parameter target: a folder of `Tests/Corpora`.
    public init(_ target: String) throws {
        files = try FileManager.default.contentsOfDirectory(
            at: URL(fileURLWithPath: Checkout.root + "/Tests/Corpora/" + target), includingPropertiesForKeys: nil)
        try #require(files.count > 1, "Tests/Corpora/\(target)")
    }

    /// Gives each to `body`, which has to come back before long.
    public func read(_ body: ([UInt8]) -> Void) throws {
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: file))
            let start = ContinuousClock.now
            body(bytes)
            #expect(start.duration(to: .now) < .seconds(30), "\(file.lastPathComponent)")
        }
    }
}
