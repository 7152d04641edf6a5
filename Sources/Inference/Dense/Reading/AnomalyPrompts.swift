/// AnoCLIP's texts for an object in its two states: seven wordings of the state under 66 templates each (docs/dense.md §2.10).
public struct AnomalyPrompts: Sendable {
    public let normal: [String]
    public let abnormal: [String]

    /// Surfaces are photographed otherwise than things.
    private static let surfaces: Set = ["carpet", "leather", "grid", "tile", "wood"]

    public init(object: String) {
        let pictures =
            Self.surfaces.contains(object)
            ? ["industrial photo", "textural photo", "surface picture"]
            : ["industrial photo", "industrial image", "manufacturing image"]
        func texts(_ states: [String]) -> [String] {
            pictures.flatMap(Self.templates).flatMap { template in
                states.map { template($0) }
            }
        }
        let faults = ["flaw", "defect", "damage"]
        normal = texts(
            ["normal", "flawless", "perfect", "unblemished"].map { "\($0) \(object)" }
                + faults.map { "\(object) without \($0)" })
        abnormal = texts(
            ["damaged", "abnormal", "imperfect", "blemished"].map { "\($0) \(object)" }
                + faults.map { "\(object) with \($0)" })
    }

    /// Eleven ways to take a picture, each with "a" and with "the".
    private static func templates(_ picture: String) -> [(String) -> String] {
        let article = picture.hasPrefix("i") ? "an" : "a"
        let manners = ["cropped", "close-up", "bright", "dark", "jpeg corrupted", "blurry"]
            .map { (start: "a \($0) \(picture) of", size: "", end: "") }
        let plain = ["", "small ", "large "].map { (start: "\(article) \(picture) of", size: $0, end: "") }
        let purposes = ["visual inspection", "anomaly detection"]
            .map { (start: "\(article) \(picture) of", size: "", end: " for \($0)") }
        return (manners + plain + purposes).flatMap { form in
            ["a", "the"].map { word in { state in "\(form.start) \(word) \(form.size)\(state)\(form.end)" } }
        }
    }
}
