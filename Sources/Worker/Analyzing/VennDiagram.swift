import Concepts
import Foundation

/// What is seen, what is said of the class, and what is both, as two overlapping circles.
struct VennDiagram {
    private let title: String
    private let subtitle: String
    private let seen: [String], mutual: [String], said: [String]
    /// What is only said and not listed.
    private let omitted: Int

    /// Descriptors that are only said are listed as far as the paper's figure goes.
    private static let listedLanguageConcepts = 15
    private static let lineHeight = 19.0
    private static let widest = 26

    init(_ found: PartFindings, predicted: Int, analysis: Analysis) {
        let both = found.mutualDescriptors
        let mutualSet = Set(both)
        let onlySaid = found.languageConcepts.map(\.descriptor).filter { !mutualSet.contains($0) }
        let name = { (descriptor: Int) in analysis.descriptors[descriptor] }
        seen = found.visionConcepts.map(\.descriptor).filter { !mutualSet.contains($0) }.map(name)
        mutual = both.map(name)
        said = onlySaid.prefix(Self.listedLanguageConcepts).map(name)
        omitted = onlySaid.count - said.count
        title = "\(analysis.classes[predicted].name), \(found.method.rawValue) parts"
        subtitle =
            "\(found.visionConcepts.count) seen, \(found.languageConcepts.count) said of the class, "
            + "\(both.count) both"
    }

    var svg: String {
        let lines = max(seen.count, mutual.count, said.count + (omitted > 0 ? 1 : 0), 6)
        let radius = max(Double(lines) * Self.lineHeight / 2 + 120, 240)
        let (centre, gap) = (radius + 84, radius * 1.08)
        let width = 2 * radius + gap + 40
        let height = 2 * radius + 104
        let (left, right) = (radius + 20, radius + gap + 20)
        // Half way between a circle's outer and the other's inner side, and a little inwards, where there is more room.
        let outward = radius - gap / 2 - 12
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(format(width)) \(format(height))" \
            font-family="system-ui, sans-serif" font-size="14" fill="#1b1b1b">
            <rect width="100%" height="100%" fill="#ffffff"/>
            <text x="\(format(width / 2))" y="30" text-anchor="middle" font-size="20" font-weight="600">\(escaped(title))</text>
            <text x="\(format(width / 2))" y="54" text-anchor="middle" fill="#555555">\(escaped(subtitle))</text>
            <circle cx="\(format(left))" cy="\(format(centre))" r="\(format(radius))" fill="#2f6fb7" fill-opacity="0.16" stroke="#2f6fb7"/>
            <circle cx="\(format(right))" cy="\(format(centre))" r="\(format(radius))" fill="#c9712b" fill-opacity="0.16" stroke="#c9712b"/>
            \(column(seen, heading: "seen", x: left - outward, centre, "#2f6fb7"))
            \(column(mutual, heading: "both", x: (left + right) / 2, centre, "#6b4a6f"))
            \(column(said, heading: "said", x: right + outward, centre, "#c9712b", more: omitted))
            </svg>

            """
    }

    private func column(
        _ names: [String], heading: String, x: Double, _ centre: Double, _ color: String, more: Int = 0
    ) -> String {
        let lines = names.map { ($0, Self.shortened($0)) } + (more > 0 ? [("", "and \(more) more")] : [])
        let top = centre - Double(lines.count) * Self.lineHeight / 2 + 4
        let head =
            "<text x=\"\(format(x))\" y=\"\(format(top - 8))\" text-anchor=\"middle\" font-weight=\"600\" "
            + "fill=\"\(color)\">\(heading)</text>"
        let body = lines.enumerated().map { index, line in
            "<text x=\"\(format(x))\" y=\"\(format(top + Double(index + 1) * Self.lineHeight - 4))\" "
                + "text-anchor=\"middle\"><title>\(escaped(line.0))</title>\(escaped(line.1))</text>"
        }
        return ([head] + body).joined(separator: "\n")
    }

    private static func shortened(_ name: String) -> String {
        name.count <= widest ? name : name.prefix(widest - 1).trimmingCharacters(in: .whitespaces) + "…"
    }

    private func format(_ number: Double) -> String { String(format: "%.1f", number) }

    /// Fit for XML: markup escaped, and what XML 1.0 has no place for replaced.
    private func escaped(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
                    switch scalar {
                    case "&": Array("&amp;".unicodeScalars)
                    case "<": Array("&lt;".unicodeScalars)
                    case ">": Array("&gt;".unicodeScalars)
                    case "\"": Array("&quot;".unicodeScalars)
                    case "\t", "\n", "\r": [" "]
                    case "\u{0}"..."\u{1f}", "\u{fffe}", "\u{ffff}": ["\u{fffd}"]
                    default: [scalar]
                    }
                }))
    }
}
