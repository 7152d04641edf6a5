import Foundation

@testable import Entente

/// Files that people write for the worker, as `InferenceInput` has those of models.
enum EntenteInput: String, CaseIterable {
    case yaml, manifest

    func read(_ bytes: [UInt8]) {
        switch self {
        case .yaml: Self.withFile("yaml", bytes) { _ = try? AnalysisFile(path: $0) }
        case .manifest:
            for kind in ["csv", "jsonl"] { Self.withFile(kind, bytes) { _ = try? Manifest.list($0) } }
        }
    }

    private static func withFile(_ kind: String, _ bytes: [UInt8], _ body: (String) -> Void) {
        let name = "entente-\(UUID().uuidString).\(kind)"
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = FileManager.default.createFile(atPath: path, contents: Data(bytes))
        body(path)
    }
}
