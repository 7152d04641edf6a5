/// Curves over the same steps, such as the mean mutual information while concepts are removed; one panel a part method.
struct LineChart {
    struct Curve {
        let name: String
        /// From step 0.
        let values: [Double]
    }

    struct Panel {
        let title: String
        let subtitle: String
        let curves: [Curve]
    }

    let panels: [Panel]
    let xLabel: String
    let yLabel: String
    let description: String

    private static let (width, height, margin, top) = (360.0, 280.0, 70.0, 60.0)

    var svg: String {
        let names = panels.first?.curves.map(\.name) ?? []
        let longest = names.map(\.count).max() ?? 0
        let legend = names.count > 1 ? Double(longest) * 7.5 + 50 : 0
        let total = Double(panels.count) * (Self.width + Self.margin) + 24 + legend
        let values = panels.flatMap { $0.curves.flatMap(\.values) }
        let steps = panels.flatMap { $0.curves.map { Double(max($0.values.count - 1, 1)) } }
        let (x, y) = (ChartScale([0] + steps, fromZero: true), ChartScale(values, fromZero: true))
        var body: [String] = []
        for (place, panel) in panels.enumerated() {
            let axes = ChartPanel(
                x: x, y: y, left: Double(place) * (Self.width + Self.margin) + Self.margin, top: Self.top,
                width: Self.width, height: Self.height)
            body.append(axes.frame(title: panel.title, subtitle: panel.subtitle, xLabel: xLabel, yLabel: yLabel))
            body += panel.curves.enumerated().map { line($1, ChartDocument.color($0), axes) }
        }
        if legend > 0 { body += self.legend(names, left: total - legend) }
        return ChartDocument.svg(
            width: total, height: Self.top + Self.height + 60, description: description, body)
    }

    private func line(_ curve: Curve, _ color: String, _ axes: ChartPanel) -> String {
        let points = curve.values.enumerated().map {
            "\(Markup.coordinate(axes.across(Double($0)))) \(Markup.coordinate(axes.down($1)))"
        }
        return "<polyline points=\"\(points.joined(separator: " "))\" fill=\"none\" stroke=\"\(color)\" "
            + "stroke-width=\"2\"><title>\(Markup.escaped(curve.name))</title></polyline>"
    }

    private func legend(_ names: [String], left: Double) -> [String] {
        names.enumerated().flatMap { number, name in
            let y = Self.top + 12 + 22 * Double(number)
            return [
                "<path d=\"M\(Markup.coordinate(left)) \(Markup.coordinate(y))h24\" "
                    + "stroke=\"\(ChartDocument.color(number))\" stroke-width=\"3\"/>",
                "<text x=\"\(Markup.coordinate(left + 32))\" y=\"\(Markup.coordinate(y + 4))\">\(Markup.escaped(name))</text>",
            ]
        }
    }
}
