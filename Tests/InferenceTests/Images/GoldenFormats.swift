import Foundation
import Testing

@testable import Inference

/// What tools/golden/formats.py has written.
enum GoldenFormats {
    static let manifest = Result {
        try JSONDecoder().decode([GoldenImages.Decoding].self, from: Data(bytes(of: "manifest.json")))
    }

    static func bytes(of name: String) throws -> [UInt8] {
        let directory = GoldenImages.directory.deletingLastPathComponent().appending(path: "formats")
        return [UInt8](try Data(contentsOf: directory.appending(path: name)))
    }

    /// Empty when the manifest can't be read, which a test reports.
    static var cases: [GoldenImages.Decoding] { (try? manifest.get()) ?? [] }
}

@Test func goldenFormatsAreThere() throws {
    let names = try GoldenFormats.manifest.get().map(\.picture)
    for (kind, count) in [("gif", 10), ("bmp", 15), ("tiff", 50), ("avif", 9)] {
        #expect(names.count { $0.hasSuffix("." + kind) } >= count, "\(kind)")
    }
}
