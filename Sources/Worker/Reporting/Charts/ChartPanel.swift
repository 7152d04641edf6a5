/// One pair of axes at a place of a drawing: its frame, grid lines and captions, and where numbers are.
struct ChartPanel {
    let x: ChartScale
    let y: ChartScale
    let left: Double, top: Double, width: Double, height: Double

    func across(_ value: Double) -> Double { left + width * x.share(value) }
    func down(_ value: Double) -> Double { top + height * (1 - y.share(value)) }

    /// - Parameters:
    ///   - title: above the panel; `subtitle` smaller, below it.
    ///   - xLabel, yLabel: what the axes are, with their unit.
    func frame(title: String, subtitle: String, xLabel: String, yLabel: String) -> String {
        func at(_ number: Double) -> String { Markup.coordinate(number) }
        var lines = [
            text(left, top - 26, title, "class=\"title\""), text(left, top - 9, subtitle, "class=\"quiet\""),
            text(left + width / 2, top + height + 40, xLabel, "text-anchor=\"middle\""),
            "<text transform=\"translate(\(at(left - 44)) \(at(top + height / 2))) rotate(-90)\" "
                + "text-anchor=\"middle\">\(Markup.escaped(yLabel))</text>",
        ]
        for tick in y.ticks {
            let place = down(tick)
            lines.append("<path class=\"grid\" d=\"M\(at(left)) \(at(place))h\(at(width))\"/>")
            lines.append(text(left - 7, place + 4, y.label(tick), "class=\"quiet\" text-anchor=\"end\""))
        }
        for tick in x.ticks {
            let place = across(tick)
            lines.append("<path class=\"grid\" d=\"M\(at(place)) \(at(top))v\(at(height))\"/>")
            lines.append(text(place, top + height + 18, x.label(tick), "class=\"quiet\" text-anchor=\"middle\""))
        }
        return lines.joined(separator: "\n")
    }

    func text(_ x: Double, _ y: Double, _ content: String, _ attributes: String) -> String {
        content.isEmpty
            ? ""
            : "<text x=\"\(Markup.coordinate(x))\" y=\"\(Markup.coordinate(y))\" \(attributes)>\(Markup.escaped(content))</text>"
    }
}

/// A whole drawing, readable on light and dark grounds.
enum ChartDocument {
    /// Colours that are told apart also by people who see few, in order of use (Okabe and Ito 2008, without black and yellow).
    static let colors = [
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#7f5fc7", "#8a8a8a", "#b04a5a",
    ]

    static func color(_ number: Int) -> String { colors[number % colors.count] }

    /// - Parameter description: what is seen, for people who don't.
    static func svg(width: Double, height: Double, description: String, _ body: [String]) -> String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Markup.coordinate(width)) \(Markup.coordinate(height))" \
        class="chart" role="img" font-family="system-ui, sans-serif" font-size="13">
        <title>\(Markup.escaped(description))</title>
        <style>
        .chart .ground { fill: #ffffff } .chart text { fill: #1b1b1b } .chart .quiet { fill: #5c5c5c; font-size: 12px }
        .chart .title { font-size: 15px; font-weight: 600 } .chart .grid { stroke: #8888884d; fill: none }
        .chart .fit { stroke: #77777799; stroke-dasharray: 5 4; fill: none }
        @media (prefers-color-scheme: dark) {
        .chart .ground { fill: #17191c } .chart text { fill: #ececec } .chart .quiet { fill: #a9a9a9 }
        }
        </style>
        <rect class="ground" width="100%" height="100%"/>
        \(body.filter { !$0.isEmpty }.joined(separator: "\n"))
        </svg>

        """
    }
}
