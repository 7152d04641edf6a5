import Foundation
import Testing

@testable import Inference

/// What tools/golden/images.py has written.
struct GoldenImages: Decodable {
    /// Expected bytes: a file, or their hash.
    struct Expectation {
        var file: String?
        var fnv1a: String?

        /// Nil when only the hash is known.
        var bytes: [UInt8]? { get throws { try file.map(GoldenImages.bytes(of:)) } }
    }

    struct Source: Decodable, CustomTestStringConvertible {
        var width: Int
        var height: Int
        var seed: Int
        var testDescription: String { "\(width)×\(height) seed \(seed)" }
    }

    struct Decoding: Decodable, CustomTestStringConvertible {
        var picture: String
        var width: Int
        var height: Int
        var file: String?
        var fnv1a: String?
        /// How many bytes of the file Pillow needs; of formats.py alone.
        var needed: Int?
        var expectation: Expectation { Expectation(file: file, fnv1a: fnv1a) }
        var testDescription: String { picture }
    }

    struct Resizing: Decodable, CustomTestStringConvertible {
        var source: Source
        var width: Int
        var height: Int
        /// Absent for crops.
        var filter: String?
        var file: String?
        var fnv1a: String?
        var expectation: Expectation { Expectation(file: file, fnv1a: fnv1a) }
        var testDescription: String { "\(source.testDescription) to \(width)×\(height) \(filter ?? "crop")" }
    }

    struct Preprocessing: Decodable, CustomTestStringConvertible {
        var source: Source
        var image_size: Int
        var fit: String
        var preprocess_cfg: PreprocessConfiguration
        var file: String?
        var fnv1a: String?
        var expectation: Expectation { Expectation(file: file, fnv1a: fnv1a) }
        var testDescription: String { "\(source.testDescription) \(fit) \(preprocess_cfg.resizeMode) \(image_size)" }
    }

    struct Displaying: Decodable {
        var preprocess_cfg: PreprocessConfiguration
        var file: String
    }

    var decoding: [Decoding]
    var resizing: [Resizing]
    var cropping: [Resizing]
    var preprocessing: [Preprocessing]
    var displaying: [Displaying]

    static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Golden/images")

    static let manifest = Result {
        try JSONDecoder().decode(GoldenImages.self, from: Data(bytes(of: "manifest.json")))
    }

    static func bytes(of name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: directory.appending(path: name)))
    }

    /// The cases of one list; empty when the manifest can't be read, which `goldenImagesAreThere` reports.
    static func cases<Case>(_ list: KeyPath<GoldenImages, [Case]>) -> [Case] {
        (try? manifest.get())?[keyPath: list] ?? []
    }

    static func fnv1a(_ bytes: some Sequence<UInt8>) -> String {
        let hash = bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Picture {
    /// The pixels that `scatter` of tools/golden/images.py makes.
    init(scattered source: GoldenImages.Source) {
        let pixels = (0..<source.width * source.height * 3).map { index in
            var x = (UInt32(index) &+ UInt32(source.seed * 7919)) &* 2_654_435_761
            x ^= x >> 15
            x = x &* 2_246_822_519
            x ^= x >> 13
            let level = UInt8(truncatingIfNeeded: x)
            return source.seed % 2 == 1 ? (level > 127 ? 255 : 0) : level
        }
        self.init(width: source.width, height: source.height, pixels: pixels)
    }
}

@Test func goldenImagesAreThere() throws {
    let manifest = try GoldenImages.manifest.get()
    #expect(manifest.decoding.count >= 14)
    #expect(manifest.resizing.count >= 40)
    #expect(manifest.cropping.count >= 5)
    #expect(manifest.preprocessing.count >= 12)
    #expect(manifest.displaying.count == 3)
}
