import Reporting

/// Axes of a small chart whose colours are the stylesheet's.
struct ChartArea {
    let width: Double
    let height: Double
    let x: ChartScale
    let y: ChartScale

    private static let (left, right, top, bottom) = (52.0, 12.0, 24.0, 38.0)

    func across(_ value: Double) -> String { Markup.coordinate(place(across: value)) }
    func down(_ value: Double) -> String { Markup.coordinate(place(down: value)) }

    func place(across value: Double) -> Double { Self.left + (width - Self.left - Self.right) * x.share(value) }
    func place(down value: Double) -> Double {
        Self.top + (height - Self.top - Self.bottom) * (1 - y.share(value))
    }

    /// - Parameters:
    ///   - kind: its class beside `chart`.
    ///   - description: what is seen, for people who don't.
    ///   - body: markup, drawn over the axes.
    ///   - holdsLinks: whether there are links in `body`, which a mere image may not hold.
    func svg(
        _ kind: String, description: String, xLabel: String, yLabel: String, _ body: [String], holdsLinks: Bool = false
    ) -> String {
        let (base, edge) = (Markup.coordinate(height - Self.bottom), Markup.coordinate(Self.left))
        var lines = [
            "<svg class=\"chart \(kind)\" role=\"\(holdsLinks ? "group" : "img")\" aria-label=\"\(Markup.escaped(description))\" "
                + "viewBox=\"0 0 \(Markup.coordinate(width)) \(Markup.coordinate(height))\">"
        ]
        for tick in y.ticks {
            lines.append("<path class=\"grid\" d=\"M\(edge) \(down(tick))H\(Markup.coordinate(width - Self.right))\"/>")
            lines.append(label(Self.left - 6, place(down: tick) + 4, y.label(tick), "num", "end"))
        }
        for tick in x.ticks {
            lines.append(label(place(across: tick), height - Self.bottom + 16, x.label(tick), "num", "middle"))
        }
        lines.append(
            "<path class=\"axis\" d=\"M\(edge) \(Markup.coordinate(Self.top))V\(base)H\(Markup.coordinate(width - Self.right))\"/>"
        )
        lines += body
        lines.append(label((width + Self.left) / 2, height - 4, xLabel, "", "middle"))
        lines.append(label(2, 10, yLabel, "", "start"))
        return lines.joined() + "</svg>"
    }

    private func label(_ x: Double, _ y: Double, _ text: String, _ kind: String, _ anchor: String) -> String {
        "<text class=\"label \(kind)\" x=\"\(Markup.coordinate(x))\" y=\"\(Markup.coordinate(y))\" text-anchor=\"\(anchor)\">"
            + Markup.escaped(text) + "</text>"
    }
}
