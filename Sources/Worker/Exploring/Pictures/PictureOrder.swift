import Concepts
import Crypto
import Foundation

/// Which drawing of an image is wanted.
struct PictureOrder: Sendable, Hashable {
    enum Drawing: Sendable, Hashable {
        case whole
        /// Its parts in colour over it.
        case overlay
        /// The three prompted pictures of a part side by side, or the one with the outline alone.
        case prompted(part: Int, isOne: Bool)
        /// What the model saw, with a text's map over it.
        case heat(HeatLayer)

        /// Equal for equal drawings alone, and short.
        var name: String {
            guard case .heat(let layer) = self else { return "\(self)" }
            let values = SHA256.hash(data: Data(layer.values.littleEndian)).hexadecimal
            return "heat \(layer.frame) \(layer.side) \(values)"
        }

        /// Whether parts are drawn.
        var hasParts: Bool {
            switch self {
            case .whole, .heat: false
            case .overlay, .prompted: true
            }
        }
    }

    let uri: String
    let sha256: String?
    /// squash, crop or official.
    let fit: String
    /// Pixels of the longer side at most.
    let side: Int
    let drawing: Drawing
    /// For all but whole pictures.
    var masks: PartMasks?
    var method = ""

    /// Sides that are handed out, so that few sizes of a picture are kept.
    static let sides = [160, 320, 480, 768, 1024]

    /// The least side that is no smaller than what is asked for.
    static func side(_ wanted: String?) -> Int {
        let number = wanted.flatMap(Int.init) ?? 768
        return sides.first { $0 >= number } ?? sides[sides.count - 1]
    }

    /// Equal for equal drawings alone: analyses that share a picture have parts of their own. Short, as many are kept.
    var key: String {
        let parts = masks.map { masks in
            let labels = Data(masks.labels.map { UInt8(truncatingIfNeeded: $0) })
            return "\(masks.width)×\(masks.height) \(SHA256.hash(data: labels).hexadecimal)"
        }
        return "\(side) \(drawing.name) \(fit) \(method) \(parts ?? "") \(sha256 ?? "") \(uri)"
    }
}
