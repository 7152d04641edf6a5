import Foundation
import Inference

/// What an image's page says of the map of a text.
struct MapSection {
    let name: PictureName
    let request: PageRequest
    let text: String?
    let scale: MapScale

    /// - Throws: ``ExplorerProblem`` for a text that is too long or a scale that there is not.
    init(_ name: PictureName, _ request: PageRequest) throws {
        self.name = name
        self.request = request
        text = try MapSupply.text(request.query)
        scale = try MapScale(named: request.query["scale"])
    }

    /// What a person fills in.
    var form: Node {
        let kept = ["estimator", "method"].compactMap { field in request.query[field].map { (field, $0) } }
        return .record([
            "map_action": .text(request.route.path + "#map"), "map_text": .text(text ?? ""),
            "map_longest": .drawing(String(MapSupply.longestText)), "map_hidden": Self.hidden(kept),
            "map_scales": .list(
                MapScale.shown.map {
                    .record(["map_scale": .text($0.rawValue), "is_map_scale": .flag($0 == scale)])
                }),
        ])
    }

    /// What the page's other form has to keep of this one.
    var kept: Node {
        guard let text else { return .list([]) }
        return Self.hidden([("text", text), ("scale", scale.rawValue)])
    }

    private static func hidden(_ fields: [(name: String, value: String)]) -> Node {
        .list(fields.map { .record(["hidden_name": .text($0.name), "hidden_value": .text($0.value)]) })
    }

    /// Of page and twin.
    func content(_ map: TextMap) -> Node {
        let (head, shown) = (map.head, map.heat(scale).values)
        let ends = scale == .absolute ? [0, 1] : Self.ends(of: map)
        func numbers(_ values: [Float]) -> Node { .list(values.map { Format.decimal.node(Double($0)) }) }
        return .record([
            "text": .text(text ?? ""), "dense": .text(head.dense.rawValue), "is_own": .flag(head.isOwn),
            "score": Node(head.score), "presence": Format.share.node(Double(map.presence)),
            "scale": .text(scale.rawValue), "lowest": Format.decimal.node(Double(ends[0])),
            "highest": Format.decimal.node(Double(ends[1])), "grid_height": .count(head.side),
            "grid_width": .count(head.side), "similarity": numbers(map.similarity), "absolute": numbers(map.absolute),
            "values": numbers(shown),
        ])
    }

    /// Of a text that has no map.
    func content(without reason: String) -> Node {
        .record(["text": .text(text ?? ""), "problem": .text(reason)])
    }

    /// Of the page alone.
    func drawing(_ map: TextMap) -> Node {
        let ends = Self.ends(of: map).map { Format.decimal.shown(Double($0)) }
        return .record([
            "map_href": .text(address(scale)), "map_plain_href": .text(address(.plain)),
            "map_side": .drawing(String(map.head.side)), "map_lowest": .text(ends[0]), "map_highest": .text(ends[1]),
            "map_relative": .text(Self.base64(map.heat(.relative).values)),
            "map_absolute": .text(Self.base64(map.heat(.absolute).values)), "is_absolute": .flag(scale == .absolute),
            "map_by": .text(
                "By \(map.head.dense.rawValue), "
                    + (map.head.isOwn
                        ? "the analysis’s own dense method"
                        : "taken because the analysis has no dense method of its own")),
            "map_meaning": .text(Self.meaning(of: map.head)), "is_absent": .flag(map.presence < Self.leastPresence),
        ])
    }

    /// Below it a text counts as absent, as on sheets (docs/dense.md §4.3).
    private static let leastPresence: Float = 0.1

    private static func meaning(of head: TextMap.Head) -> String {
        if head.dense == .anoclip {
            return "how probable it is that the object is damaged; of anoclip all lie near a half"
        }
        return head.score == "sigmoid"
            ? "the model’s own sigmoid score of picture and text" : "softmax of this text beside no text at all"
    }

    /// What the darkest and the brightest colour stand for on the relative scale.
    private static func ends(of map: TextMap) -> [Float] {
        let values = map.shownSimilarity.values
        return [values.min() ?? 0, values.max() ?? 0]
    }

    private static func base64(_ values: [Float]) -> String { Data(values.littleEndian).base64EncodedString() }

    private func address(_ scale: MapScale) -> String {
        ExplorerRoute.bytes(.map, name).path + "?"
            + PageQuery("").with(["text": text, "scale": scale.rawValue, "size": "768"])
    }
}
