import Foundation

@testable import Entente
@testable import Jobs

/// Bytes from outside that the worker reads, as `InferenceInput` has those of Inference.
enum EntenteInput: String, CaseIterable {
    case job, yaml

    func read(_ bytes: [UInt8]) {
        switch self {
        case .job: _ = try? ImageJob(decoding: bytes)
        case .yaml:
            let path = FileManager.default.temporaryDirectory.appendingPathComponent(
                "entente-\(UUID().uuidString).yaml"
            ).path
            defer { try? FileManager.default.removeItem(atPath: path) }
            _ = FileManager.default.createFile(atPath: path, contents: Data(bytes))
            _ = try? AnalysisFile(path: path)
        }
    }
}
