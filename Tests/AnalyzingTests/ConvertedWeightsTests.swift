import Concepts
import Crypto
import Foundation
import Inference
import Testbed
import Testing

@testable import Analyzing

/// Models whose weights lie there as torch.save wrote them.
@Suite struct ConvertedWeightsTests {
    private static let golden = Checkout.root + "/Tests/InferenceTests/Golden/checkpoints/model/"
    private static let pickled = "open_clip_pytorch_model.bin"
    private let scratch: ScratchFolder
    private let cache: ConvertedWeights

    init() throws {
        scratch = try ScratchFolder()
        cache = ConvertedWeights(environment: ["XDG_CACHE_HOME": scratch("cache")])
        for folder in ["pickled", "plain"] { try copy("open_clip_config.json", to: "\(folder)/open_clip_config.json") }
        try copy(Self.pickled, to: "pickled/" + Self.pickled)
        try copy("expected.safetensors", to: "plain/open_clip_model.safetensors")
    }

    private func copy(_ name: String, to other: String) throws {
        try scratch.write(Data(contentsOf: URL(fileURLWithPath: Self.golden + name)), to: other)
    }

    private var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: scratch("cache/entente/weights"))) ?? []).sorted()
    }

    private func embedding(_ folder: String) throws -> [Float] {
        let model = try LoadedModel(directory: scratch(folder), cache: cache)
        let side = model.vision.imageSize
        let pixels = (0..<3 * side * side).map { UInt8(truncatingIfNeeded: $0 &* 37 >> 3) }
        let picture = Picture(width: side, height: side, pixels: pixels)
        let session = model.vision.session(batchSize: 1)
        return session.encode([model.preprocessor.input(picture)], including: .tokens).embeddings.elements
    }

    @Test func theModelIsTheSameAndConvertedOnce() throws {
        let hash = SHA256.hash(data: try Data(contentsOf: URL(fileURLWithPath: Self.golden + Self.pickled))).hexadecimal
        let expected = try embedding("plain")
        #expect(expected.contains { $0 != 0 } && files.isEmpty)
        #expect(try embedding("pickled") == expected)
        let first = files
        #expect(first.count == 1 && first[0].hasPrefix(hash + "-") && first[0].hasSuffix(".safetensors"))
        let path = scratch("cache/entente/weights/" + first[0])
        #expect(try Safetensors(path: path).metadata["original_sha256"] == hash)
        let written = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
        #expect(try embedding("pickled") == expected && files == first)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int == written)

        // A bit that flipped on disk is no result.
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count - 3] ^= 0x40
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(try embedding("pickled") == expected && files == first)
    }

    /// What an analysis is made with is the file that everybody has, not what this machine made of it.
    @Test func theIdentityIsTheOriginals() throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: Self.golden + Self.pickled))
        let fingerprint = try Analysis.ModelFingerprint(directory: scratch("pickled"))
        #expect(fingerprint.weights == SHA256.hash(data: bytes).hexadecimal && files.isEmpty)
        try copy("expected.safetensors", to: "pickled/open_clip_model.safetensors")
        #expect(
            try Analysis.ModelFingerprint(directory: scratch("pickled"))
                == Analysis.ModelFingerprint(directory: scratch("plain")))
    }

    @Test func whatStandsInTheWayIsNamed() throws {
        try scratch.write("PK, or so", to: "pickled/" + Self.pickled)
        let unread = #expect(throws: InferenceError.self) {
            try LoadedModel(directory: scratch("pickled"), cache: cache)
        }
        #expect(
            unread?.description.contains(scratch("pickled/" + Self.pickled)) == true, "\(unread?.description ?? "")")
        #expect(files.isEmpty)

        try copy(Self.pickled, to: "pickled/" + Self.pickled)
        try scratch.write("a file", to: "cache")
        let unwritten = #expect(throws: InferenceError.self) {
            try LoadedModel(directory: scratch("pickled"), cache: cache)
        }
        #expect(unwritten?.code == .unwritableFile)
        #expect(unwritten?.description.contains("XDG_CACHE_HOME") == true, "\(unwritten?.description ?? "")")
    }
}
