import Foundation
import Inference
import Reporting

/// All that there is to see of one picture, as one HTML file that needs nothing else.
struct DenseSheet {
    let image: String
    let method: DenseMethod
    let rule: LabelRule
    let width: Int, height: Int
    /// JPEG files: the picture, and each pixel's text over it.
    let picture: [UInt8], overlay: [UInt8]
    /// The label map's file.
    let labels: String
    /// All of them, the most present first.
    let texts: [DenseSummary.Text]
    /// Those that are drawn, in the same order.
    let maps: [Maps]

    struct Maps {
        let text: DenseSummary.Text
        let maps: [Map]
    }

    struct Map {
        let title: String
        let jpeg: [UInt8]
        /// What the darkest and the brightest colour stand for.
        let lowest: Float, highest: Float
        let points: DenseSummary.Points?
    }

    var html: String {
        let name = (image as NSString).lastPathComponent
        let rest = texts.count - maps.count
        return DensePage.html(
            title: "\(name) – \(method.rawValue)",
            body: """
                <header>
                <p><a href="index.html">All pictures</a></p>
                <h1 dir="auto">\(Markup.escaped(name))</h1>
                <p class="quiet">\(method.rawValue), \(texts.count) \(texts.count == 1 ? "text" : "texts"); \(width) × \(height) pixels; \
                \(Markup.escaped(rule.description))</p>
                </header>
                <main>
                <section class="whole">
                \(figure(picture, "the picture"))
                \(figure(overlay, "the text of each pixel"))
                \(legend)
                </section>
                <h2>By presence</h2>
                <p class="quiet">Scaled maps go from the lowest value to the highest, so each has a bright place: they say where, not whether.
                The absolute one is the same scale for all pictures.\(hasPoints ? " Discs are positive points, crosses negative ones." : "")</p>
                <div class="texts">
                \(maps.map(section).joined(separator: "\n"))
                </div>
                \(rest > 0 ? "<p class=\"quiet\">\(rest) more \(rest == 1 ? "text is" : "texts are") not drawn.</p>" : "")
                </main>
                """)
    }

    private var hasPoints: Bool { maps.contains { $0.text.points != nil } }

    private func figure(_ jpeg: [UInt8], _ caption: String) -> String {
        "<figure><img alt=\"\" src=\"\(Self.data(jpeg))\"><figcaption>\(caption)</figcaption></figure>"
    }

    private var legend: String {
        let present = texts.filter { $0.share > 0 }.sorted { $0.share > $1.share }
        let none = 1 - present.reduce(0) { $0 + $1.share }
        let entries =
            present.map { ($0.color, DensePage.name($0.text), $0.share, $0.label) }
            + [(LabelColors.css(LabelColors.none), "no text", max(none, 0), 0)]
        let rows = entries.map { color, text, share, label in
            "<tr><td><span class=\"swatch\" style=\"background:\(color)\"></span></td><td class=\"number\">\(label)</td>"
                + "<td class=\"name\">\(text)</td><td class=\"number\">\(DensePage.percent(share))</td></tr>"
        }
        let file = DensePage.address(labels)
        return
            "<table><caption>Numbers in <a href=\"\(file)\">the label map</a>, and their pixels</caption>\(rows.joined())</table>"
    }

    private func section(_ drawn: Maps) -> String {
        let text = drawn.text
        let presence = DensePage.percent(Double(text.presence))
        let standing =
            text.isAbsent
            ? "<p><strong>absent</strong>: presence \(presence)</p>" : "<p>presence <strong>\(presence)</strong></p>"
        return """
            <article\(text.isAbsent ? " class=\"absent\"" : "")>
            <h3 dir="auto">\(DensePage.name(text.text))</h3>
            \(standing)
            <div class="maps">\(drawn.maps.map(map).joined())</div>
            </article>
            """
    }

    private func map(_ map: Map) -> String {
        let radius = Double(max(width, height)) / 45
        func number(_ value: Double) -> String { Markup.coordinate(value) }
        let positive = (map.points?.positive ?? []).map {
            "<circle cx=\"\($0.x)\" cy=\"\($0.y)\" r=\"\(number(radius))\"/>"
        }
        let negative = (map.points?.negative ?? []).map { point in
            let (x, y) = (Double(point.x), Double(point.y))
            return "<path d=\"M\(number(x - radius)) \(number(y - radius))L\(number(x + radius)) \(number(y + radius))"
                + "M\(number(x - radius)) \(number(y + radius))L\(number(x + radius)) \(number(y - radius))\"/>"
        }
        func end(_ value: Float) -> String { map.title == "absolute" ? "\(Int(value))" : String(format: "%.3f", value) }
        return """
            <figure><svg viewBox="0 0 \(width) \(height)" role="img" aria-label="\(map.title)">\
            <image width="\(width)" height="\(height)" preserveAspectRatio="none" href="\(Self.data(map.jpeg))"/>\
            <g stroke-width="\(number(radius / 2.5))">\((positive + negative).joined())</g></svg>\
            <figcaption>\(map.title)</figcaption>\
            <div class="bar"></div><div class="ends"><span>\(end(map.lowest))</span><span>\(end(map.highest))</span></div></figure>
            """
    }

    private static func data(_ jpeg: [UInt8]) -> String {
        "data:image/jpeg;base64," + Data(jpeg).base64EncodedString()
    }
}
