import Foundation
import Testing

@testable import Concepts

/// share/explore/explore.js against the figures of this module.
@Suite struct ExplorerScriptTests {
    private static let root = URL(fileURLWithPath: "\(#filePath)").deletingLastPathComponent()
        .appending(path: "../../..").standardizedFileURL
    private static let golden = root.appending(path: "Tests/ConceptsTests/Golden/explorer/removals.json")

    private static let scripts = ["share/explore/explore.js", "tools/explorer/removals.js"].map {
        root.appending(path: $0)
    }

    private static func document(seed: UInt64) -> Removals { Removals(pictures: 64, steps: 20, seed: seed) }

    /// The file that the script is held to says what the estimators say. With ENTENTE_WRITE_DOCUMENTS=1 this writes it. Another
    /// machine's logarithm may differ in a last bit, so that a figure lies on the other side of a half.
    @Test func theFileIsCurrent() throws {
        let fresh = Self.document(seed: 29)
        if ProcessInfo.processInfo.environment["ENTENTE_WRITE_DOCUMENTS"] == "1" {
            try JSONEncoder.sorted(fresh).write(to: Self.golden, atomically: true, encoding: .utf8)
        }
        let stored = try JSONDecoder().decode(Removals.self, from: Data(contentsOf: Self.golden))
        try #require(
            stored.pictures.count == fresh.pictures.count,
            "ENTENTE_WRITE_DOCUMENTS=1 scripts/test --filter ExplorerScriptTests writes it")
        #expect(stored.pictures.reduce(0) { $0 + $1.steps.count } >= 1000)
        for (old, new) in zip(stored.pictures, fresh.pictures) {
            #expect(old.matches == new.matches && old.language == new.language && old.bank == new.bank)
            #expect(old.table.prefix(24) == new.table.prefix(24) && old.table.count == new.table.count)
            try #require(old.steps.map(\.removed) == new.steps.map(\.removed))
            for (was, now) in zip(old.steps, new.steps) {
                for figures in [\Removals.Step.released, \.membership] {
                    let (was, now) = (was[keyPath: figures], now[keyPath: figures])
                    try #require(was.curve.count == now.curve.count)
                    let isClose = zip(was.curve + [was.auc], now.curve + [now.auc]).allSatisfy { abs($0 - $1) <= 1 }
                    #expect(isClose)
                }
                #expect((was.pValue == nil) == (now.pValue == nil))
                let (old, new): (Double, Double) = (was.pValue ?? 0, now.pValue ?? 0)
                #expect((old - new).magnitude <= 1e-12 * new)
            }
        }
    }

    /// The script's figures are these to the last nano-nat: those of the file, and others of this machine's.
    @Test func theScriptComesToTheSame() throws {
        guard let engine = ScriptEngine.available else { return ScriptEngine.sayMissing() }
        let folder = FileManager.default.temporaryDirectory.appending(path: "entente-script-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let fresh = folder.appending(path: "removals.json")
        try JSONEncoder.sorted(Self.document(seed: 4711)).write(to: fresh, atomically: true, encoding: .utf8)
        for document in [Self.golden, fresh] {
            let said = try engine.run(
                scripts: Self.scripts,
                document: document, folder: folder)
            #expect(said == "1280 steps of 64 pictures, 0 differ", "\(document.lastPathComponent)")
        }
        // The comparison can tell a difference of one.
        let off = try String(contentsOf: fresh, encoding: .utf8).replacing(/"auc":(\d+)(\d)/, maxReplacements: 1) {
            "\"auc\":\($0.1)\(($0.2 == "9" ? 8 : 9))"
        }
        try off.write(to: fresh, atomically: true, encoding: .utf8)
        let said = try engine.run(
            scripts: Self.scripts,
            document: fresh, folder: folder)
        #expect(said.hasPrefix("1280 steps of 64 pictures, 1 differ"), "\(said)")
    }
}
