import Concepts
import Foundation
import Inference
import Testbed
import Testing

@testable import Analyzing

@Suite struct TextCacheTests {
    private let scratch: ScratchFolder
    private let cache: TextCache
    private let matrix = Matrix(rows: 2, columns: 3, elements: [1, -0.5, 1e-30, 0, .greatestFiniteMagnitude, -0])

    init() throws {
        scratch = try ScratchFolder()
        cache = DemoAnalysis.cache(in: scratch)
    }

    private var file: String { scratch("cache/entente/text/key.safetensors") }

    @Test func whatIsStoredComesBackBitForBit() throws {
        #expect(cache.load("key", rows: 2, columns: 3) == nil)
        cache.store(matrix, under: "key")
        let loaded = try #require(cache.load("key", rows: 2, columns: 3))
        #expect(loaded.elements.map(\.bitPattern) == matrix.elements.map(\.bitPattern))
        #expect(loaded.rows == 2)
        #expect(loaded.columns == 3)
        #expect(cache.load("other", rows: 2, columns: 3) == nil)
        // Nothing half-written lies beside it.
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch("cache/entente/text"))
        #expect(files == ["key.safetensors"])
    }

    @Test func anotherShapeIsNoHit() {
        cache.store(matrix, under: "key")
        #expect(cache.load("key", rows: 3, columns: 2) == nil)
        #expect(cache.load("key", rows: 6, columns: 1) == nil)
    }

    @Test(arguments: ["", "garbage", "\u{8}\0\0\0\0\0\0\0{}      "]) func damagedFilesAreNoHitAndAreReplaced(
        text: String
    ) throws {
        try scratch.write(text, to: "cache/entente/text/key.safetensors")
        #expect(cache.load("key", rows: 2, columns: 3) == nil)
        cache.store(matrix, under: "key")
        #expect(cache.load("key", rows: 2, columns: 3) != nil)
    }

    @Test func filesThatAreCutShortAreNoHit() throws {
        cache.store(matrix, under: "key")
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        try whole.dropLast(4).write(to: URL(fileURLWithPath: file))
        #expect(cache.load("key", rows: 2, columns: 3) == nil)
    }

    @Test func whatIsNotFiniteIsNoHit() throws {
        cache.store(Matrix(rows: 1, columns: 1, elements: [.nan]), under: "key")
        #expect(FileManager.default.fileExists(atPath: file))
        #expect(cache.load("key", rows: 1, columns: 1) == nil)
    }

    /// Losing the cache costs time and nothing else.
    @Test func aFolderThatCannotBeMadeStopsNothing() throws {
        try scratch.write("a file", to: "cache")
        cache.store(matrix, under: "key")
        #expect(cache.load("key", rows: 2, columns: 3) == nil)
    }

    @Test func theFolderFollowsTheEnvironment() throws {
        let home = scratch("home")
        for (environment, path) in [
            (["XDG_CACHE_HOME": scratch("xdg"), "HOME": home], "xdg/entente/text"),
            (["HOME": home], "home/.cache/entente/text"),
            // The specification has relative paths ignored.
            (["XDG_CACHE_HOME": "relative", "HOME": home], "home/.cache/entente/text"),
            (["XDG_CACHE_HOME": "", "HOME": home], "home/.cache/entente/text"),
        ] {
            TextCache(environment: environment, log: DemoAnalysis.quiet).store(matrix, under: "key")
            #expect(FileManager.default.fileExists(atPath: scratch(path + "/key.safetensors")), "\(path)")
            try FileManager.default.removeItem(atPath: scratch(path))
        }
    }
}
