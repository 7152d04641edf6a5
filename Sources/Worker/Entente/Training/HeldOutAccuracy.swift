import Analyzing
import Concepts
import Inference

/// How many pictures that nothing was trained on a head tells right, beside the frozen model's zero-shot prediction.
struct HeldOutAccuracy: Encodable {
    var pictures = 0
    /// Right by the frozen model alone.
    var zeroShot = 0
    /// Right by the head or map; nil of one that tells no classes apart.
    var head: Int?

    enum CodingKeys: String, CodingKey {
        case pictures, head
        case zeroShot = "zero_shot"
    }

    /// - Parameter scores: by what was trained, `[C]`.
    init(
        _ pictures: LabelledPictures, encoder: FeatureEncoder, scores: (FeatureEncoder.Encoded) -> [Double]?
    ) throws {
        let count = pictures.labels.count
        for start in stride(from: 0, to: count, by: encoder.atOnce) {
            let range = start..<min(start + encoder.atOnce, count)
            for (index, encoded) in zip(range, try encoder.encode(range.map { pictures.path($0) })) {
                self.pictures += 1
                let label = pictures.labels[index]
                if encoder.local.loaded.prediction(encoded.embedding) == label { zeroShot += 1 }
                guard let scores = scores(encoded) else { continue }
                // Of equal scores the first counts.
                let winner = scores.indices.max { (scores[$0], $1) < (scores[$1], $0) }
                self.head = (self.head ?? 0) + (winner == label ? 1 : 0)
            }
        }
    }
}
