import Concepts
import Inference
import Testbed
import Testing

@testable import Reporting

@Suite struct GroundTruthFileTests {
    private let scratch: ScratchFolder
    private static let head = #""schema": "entente.ground-truth/v1", "parts": {"head": 60, "body": 20}"#

    init() throws {
        scratch = try ScratchFolder()
        // 3×2 pixels: body body none / head none none.
        let mask = Picture(
            width: 3, height: 2, pixels: [20, 20, 0, 60, 0, 0].flatMap { [UInt8](repeating: $0, count: 3) })
        try scratch.write(mask.pngData(), to: "masks/a.png")
    }

    private func file(_ json: String) throws -> GroundTruthFile {
        try GroundTruthFile(path: scratch.write([UInt8](json.utf8), to: "truth.json"), limits: DecodingLimits())
    }

    private func refusal(_ entry: String) throws -> String {
        let file = try file("{\(Self.head), \"images\": {\"a.jpg\": \(entry)}}")
        let failure = #expect(throws: ReportingError.self) { try file.truth(of: "a.jpg", bank: [:]) }
        return failure?.description ?? ""
    }

    @Test func masksAndDescriptorsBecomeNumbers() throws {
        let file = try file(
            """
            {\(Self.head), "images": {"a.jpg": {"size": [3, 2], "box": [0, 0, 1, 1], "mask": "masks/a.png",
                "descriptors": ["a tail", "a head", "not in the bank"]}}}
            """)
        let truth = try #require(try file.truth(of: "a.jpg", bank: ["a head": 4, "a tail": 2, "a fin": 0]))
        // Numbered by grey value.
        #expect(truth.parts == [1, 1, 0, 2, 0, 0])
        #expect(truth.descriptors == [2, 4])
        #expect(truth.box == PixelBox(left: 0, top: 0, right: 1, bottom: 1))
        #expect(try file.truth(of: "b.jpg", bank: [:]) == nil)
    }

    @Test func anotherSpellingIsAnotherImageAndAnotherDescriptor() throws {
        let file = try file(
            """
            {\(Self.head), "images": {"\u{E4}.jpg": {"size": [3, 2], "box": [0, 0, 1, 1], "mask": "masks/a.png",
                "descriptors": ["a\u{308}pfel", "\u{E4}pfel"]}}}
            """)
        #expect(try file.truth(of: "a\u{308}.jpg", bank: [:]) == nil)
        let truth = try file.truth(of: "\u{E4}.jpg", bank: ["a\u{308}pfel": 0, "\u{E4}pfel": 1])
        #expect(truth?.descriptors == [0, 1])
    }

    @Test(arguments: [
        (#"{"size": [3], "box": [0, 0, 1, 1], "descriptors": [], "mask": "masks/a.png"}"#, "`size`"),
        (#"{"size": [3, 2], "box": [0, 0, 3, 1], "descriptors": [], "mask": "masks/a.png"}"#, "`box`"),
        (#"{"size": [3, 2], "box": [2, 0, 1, 1], "descriptors": [], "mask": "masks/a.png"}"#, "`box`"),
        (#"{"size": [4, 2], "box": [0, 0, 1, 1], "descriptors": [], "mask": "masks/a.png"}"#, "has 3×2"),
        (#"{"size": [3, 2], "box": [0, 0, 1, 1], "descriptors": [], "mask": "masks/none.png"}"#, "none.png"),
        (#"{"size": [3, 2], "box": [0, 0, 1, 1], "descriptors": [], "mask": "truth.json"}"#, "truth.json"),
    ]) func entriesThatCannotBe(entry: String, named: String) throws {
        #expect(try refusal(entry).contains(named))
    }

    @Test func greyValuesThatNoPartHasAreNamed() throws {
        let mask = Picture(width: 1, height: 1, pixels: [33, 33, 33])
        try scratch.write(mask.pngData(), to: "masks/b.png")
        let message = try refusal(#"{"size": [1, 1], "box": [0, 0, 0, 0], "descriptors": [], "mask": "masks/b.png"}"#)
        #expect(message.contains("33") && message.contains("a.jpg"))
    }

    @Test(arguments: [
        ("[", "JSON"),
        (#"{"schema": "entente.ground-truth/v2", "parts": {}, "images": {}}"#, "entente.ground-truth/v1"),
        (#"{"schema": "entente.ground-truth/v1", "images": {}}"#, "`parts`"),
        (#"{"schema": "entente.ground-truth/v1", "parts": {"a": 7, "b": 7}, "images": {}}"#, "7"),
        (#"{"schema": "entente.ground-truth/v1", "parts": {"a": 300}, "images": {}}"#, "300"),
        (#"{"schema": "entente.ground-truth/v1", "parts": {}, "images": {"a.jpg": {"size": "big"}}}"#, "a.jpg"),
    ]) func filesThatCannotBe(json: String, named: String) {
        let failure = #expect(throws: ReportingError.self) { try file(json) }
        #expect(failure?.description.contains(named) == true, "\(failure?.description ?? "")")
        #expect(failure?.description.contains("truth.json") == true)
    }
}
