import Analyzing
import Concepts
import Crypto
import Fetch
import Foundation
import Inference
import Settings
import Threads

/// What a frozen encoder makes of labelled pictures, in a file that is mapped rather than read: pictures × patches × width × 4 bytes.
struct FeatureCache {
    static let name = "features.safetensors"
    /// Of one that has the embedding in place of the patches.
    static let embeddingsName = "embeddings.safetensors"

    private let file: Safetensors
    /// Of each picture its class's index.
    let labels: [Int]
    let patches: Int, width: Int
    /// SHA-256 over the pictures' own hashes and labels, in order, in lower-case hex.
    let digest: String

    /// The one at `path` if it is of these pictures, else nil.
    ///
    /// - Parameter key: what it was made of; see ``LabelledPictures/key(_:)``.
    init?(path: String, key: String) throws(InferenceError) {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file = try Safetensors(path: path)
        guard file.metadata["key"] == key, let shape = file["features"]?.shape, shape.count == 3 else { return nil }
        let (labels, hashes) = (try file.integers("labels"), try file.integers("hashes"))
        guard labels.count == shape[0] else { return nil }
        self.file = file
        self.labels = labels.map(Int.init)
        patches = shape[1]
        width = shape[2]
        let numbers = labels + hashes
        digest = SHA256.hash(data: numbers.withUnsafeBytes { Data($0) }).hexadecimal
    }

    /// `[patches, width]` of one picture.
    func features(_ index: Int) throws(InferenceError) -> Matrix {
        Matrix(rows: patches, columns: width, elements: try file.floats("features", at: index))
    }

    /// Encodes pictures into a file, some batches at a time.
    ///
    /// - Parameters:
    ///   - shape: patches and width of what is taken of a picture.
    ///   - values: takes it, `[patches · width]`.
    ///   - onDone: hears how many pictures are encoded, and may end the work there.
    /// - Throws: ``CommandFailure`` naming the picture that can't be used.
    static func write(
        _ pictures: LabelledPictures, key: String, shape: [Int], to path: String, encoder: FeatureEncoder,
        values: (FeatureEncoder.Encoded) -> [Float], onDone: (Int) throws -> Void
    ) throws {
        let count = pictures.labels.count
        let writer = try SafetensorsWriter(
            path: path,
            tensors: [
                .init("labels", .int32, shape: [count]), .init("hashes", .int32, shape: [count, 8]),
                .init("features", shape: [count] + shape),
            ], metadata: ["format": "entente.features/v1", "key": key])
        try writer.append(pictures.labels.map { Int32($0) }, to: "labels")
        for start in stride(from: 0, to: count, by: encoder.atOnce) {
            let range = start..<min(start + encoder.atOnce, count)
            for encoded in try encoder.encode(range.map { pictures.path($0) }) {
                try writer.append(encoded.hash, to: "hashes")
                try writer.append(values(encoded), to: "features")
            }
            try onDone(range.upperBound)
        }
        try writer.finish()
    }
}
