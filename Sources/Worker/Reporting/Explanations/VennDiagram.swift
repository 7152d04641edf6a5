import Concepts
import Foundation

/// What is seen, what is said of the class, and what is both, as two overlapping circles.
package struct VennDiagram {
    private let title: String
    private let subtitle: String
    private let seen: [String], mutual: [String], said: [String]
    /// What is only said and not listed.
    private let omitted: Int

    /// Descriptors that are only said are listed as far as the paper's figure goes.
    private static let listedLanguageConcepts = 15
    private static let lineHeight = 19.0
    private static let widest = 26

    package init(_ found: PartFindings, predicted: Int, analysis: Analysis) {
        self.init(
            seen: found.visionConcepts.map(\.descriptor), said: found.languageConcepts.map(\.descriptor),
            descriptors: analysis.descriptors.map(\.text),
            title: "\(analysis.classes[predicted].name), \(found.key) parts")
    }

    /// - Parameters:
    ///   - seen, said: indexes of `descriptors`, both in the order in which they are to stand.
    ///   - title: above the diagram.
    init(seen vision: [Int], said language: [Int], descriptors: [String], title: String) {
        let (visionSet, languageSet) = (Set(vision), Set(language))
        let both = vision.filter(languageSet.contains)
        let onlySaid = language.filter { !visionSet.contains($0) }
        let name = { (descriptor: Int) in descriptors[descriptor] }
        seen = vision.filter { !languageSet.contains($0) }.map(name)
        mutual = both.map(name)
        said = onlySaid.prefix(Self.listedLanguageConcepts).map(name)
        omitted = onlySaid.count - said.count
        self.title = title
        subtitle = "\(vision.count) seen, \(language.count) said of the class, \(both.count) both"
    }

    private var lines: Int { max(seen.count, mutual.count, said.count + (omitted > 0 ? 1 : 0), 6) }
    private var radius: Double { max(Double(lines) * Self.lineHeight / 2 + 120, 240) }
    /// Between the circles' middles.
    private var gap: Double { radius * 1.08 }

    /// Width and height in the units of ``content``.
    var size: (width: Double, height: Double) { (2 * radius + gap + 40, 2 * radius + 104) }

    /// What is drawn, to be put into a drawing.
    var content: String {
        let centre = radius + 84
        let (left, right) = (radius + 20, radius + gap + 20)
        // Half way between a circle's outer and the other's inner side, and a little inwards, where there is more room.
        let outward = radius - gap / 2 - 12
        func at(_ number: Double) -> String { Markup.coordinate(number) }
        func circle(_ x: Double, _ color: String) -> String {
            "<circle cx=\"\(at(x))\" cy=\"\(at(centre))\" r=\"\(at(radius))\" fill=\"\(color)\" fill-opacity=\"0.16\" "
                + "stroke=\"\(color)\"/>"
        }
        return """
            <g font-size="14">
            <text x="\(at(size.width / 2))" y="30" text-anchor="middle" font-size="20" font-weight="600">\(Markup.escaped(title))</text>
            <text x="\(at(size.width / 2))" y="54" text-anchor="middle" class="quiet" fill="#555555">\(Markup.escaped(subtitle))</text>
            \(circle(left, "#2f6fb7"))
            \(circle(right, "#c9712b"))
            \(column(seen, heading: "seen", x: left - outward, centre, "#2f6fb7"))
            \(column(mutual, heading: "both", x: (left + right) / 2, centre, "#6b4a6f"))
            \(column(said, heading: "said", x: right + outward, centre, "#c9712b", more: omitted))
            </g>
            """
    }

    /// The diagram in words, by its headings.
    var lists: [(heading: String, names: [String])] {
        let more = omitted > 0 ? ["and \(omitted) more"] : []
        return [("both", mutual), ("seen", seen), ("said", said + more)]
    }

    var svg: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Markup.coordinate(size.width)) \(Markup.coordinate(size.height))" \
        font-family="system-ui, sans-serif" fill="#1b1b1b">
        <rect width="100%" height="100%" fill="#ffffff"/>
        \(content)
        </svg>

        """
    }

    private func column(
        _ names: [String], heading: String, x: Double, _ centre: Double, _ color: String, more: Int = 0
    ) -> String {
        let lines = names.map { ($0, Self.shortened($0)) } + (more > 0 ? [("", "and \(more) more")] : [])
        let top = centre - Double(lines.count) * Self.lineHeight / 2 + 4
        let head =
            "<text x=\"\(Markup.coordinate(x))\" y=\"\(Markup.coordinate(top - 8))\" text-anchor=\"middle\" font-weight=\"600\" "
            + "class=\"\(heading)\" fill=\"\(color)\">\(heading)</text>"
        let body = lines.enumerated().map { index, line in
            "<text x=\"\(Markup.coordinate(x))\" y=\"\(Markup.coordinate(top + Double(index + 1) * Self.lineHeight - 4))\" "
                + "text-anchor=\"middle\"><title>\(Markup.escaped(line.0))</title>\(Markup.escaped(line.1))</text>"
        }
        return ([head] + body).joined(separator: "\n")
    }

    private static func shortened(_ name: String) -> String {
        name.count <= widest ? name : name.prefix(widest - 1).trimmingCharacters(in: .whitespaces) + "…"
    }
}
