/// Points with their intervals and the line of least squares, such as accuracy over AUC; panels in rows.
struct ScatterChart {
    /// A number and its interval.
    struct Spread {
        let value: Double
        let lower: Double
        let upper: Double
    }

    struct Point {
        let name: String
        let x: Spread
        let y: Spread
    }

    struct Panel {
        let title: String
        let subtitle: String
        let xLabel: String
        let points: [Point]
    }

    let panels: [Panel]
    /// Panels side by side.
    let columns: Int
    let yLabel: String
    let description: String

    private static let (width, height, margin, top, below) = (340.0, 270.0, 76.0, 60.0, 64.0)

    var svg: String {
        let rows = (panels.count + columns - 1) / columns
        let all = panels.flatMap(\.points)
        let y = ChartScale(all.flatMap { [$0.y.lower, $0.y.upper] })
        let body = panels.enumerated().flatMap { place, panel in
            let axes = ChartPanel(
                x: ChartScale(panel.points.flatMap { [$0.x.lower, $0.x.upper] }, count: 4), y: y,
                left: Double(place % columns) * (Self.width + Self.margin) + Self.margin,
                top: Double(place / columns) * (Self.top + Self.height + Self.below) + Self.top, width: Self.width,
                height: Self.height)
            return [
                axes.frame(title: panel.title, subtitle: panel.subtitle, xLabel: panel.xLabel, yLabel: yLabel),
                fit(panel.points, axes),
            ] + panel.points.enumerated().flatMap { draw($1, number: $0, axes) } + labels(panel.points, axes)
        }
        return ChartDocument.svg(
            width: Double(columns) * (Self.width + Self.margin) + 30,
            height: Double(rows) * (Self.top + Self.height + Self.below), description: description, body)
    }

    private func draw(_ point: Point, number: Int, _ axes: ChartPanel) -> [String] {
        func at(_ number: Double) -> String { Markup.coordinate(number) }
        let (x, y) = (axes.across(point.x.value), axes.down(point.y.value))
        let color = ChartDocument.color(number)
        return [
            "<path d=\"M\(at(axes.across(point.x.lower))) \(at(y))H\(at(axes.across(point.x.upper)))"
                + "M\(at(x)) \(at(axes.down(point.y.lower)))V\(at(axes.down(point.y.upper)))\" stroke=\"\(color)\" "
                + "stroke-opacity=\"0.55\"/>",
            "<circle cx=\"\(at(x))\" cy=\"\(at(y))\" r=\"5\" fill=\"\(color)\"><title>\(Markup.escaped(point.name))</title></circle>",
        ]
    }

    /// Names beside the points, moved down where two would cover each other.
    private func labels(_ points: [Point], _ axes: ChartPanel) -> [String] {
        struct Place {
            let left: Double, right: Double
            var y: Double
        }
        var taken: [Place] = []
        return points.sorted { $0.y.value > $1.y.value }.map { point in
            let x = axes.across(point.x.value)
            let length = Double(point.name.count) * 7
            let fits = x + 9 + length <= axes.left + axes.width + 26
            var place = Place(
                left: fits ? x + 9 : x - 9 - length, right: fits ? x + 9 + length : x - 9,
                y: axes.down(point.y.value) - 6)
            while taken.contains(where: { abs($0.y - place.y) < 13 && $0.left < place.right && place.left < $0.right })
            {
                place.y += 4
            }
            taken.append(place)
            return axes.text(
                fits ? place.left : place.right, place.y, point.name,
                "class=\"quiet\" text-anchor=\"\(fits ? "start" : "end")\"")
        }
    }

    /// The line of least squares of y over x.
    private func fit(_ points: [Point], _ axes: ChartPanel) -> String {
        let (x, y) = (points.map(\.x.value), points.map(\.y.value))
        let (meanX, meanY) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
        let spread = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
        guard points.count > 2, spread > 0, let first = x.min(), let last = x.max() else { return "" }
        let slope = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / spread
        let ends = [first, last].map { place in
            "\(Markup.coordinate(axes.across(place))) \(Markup.coordinate(axes.down(meanY + slope * (place - meanX))))"
        }
        return "<path class=\"fit\" d=\"M\(ends[0])L\(ends[1])\"/>"
    }
}
