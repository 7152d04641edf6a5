import Reporting

/// How many images have how much of something.
struct HistogramChart {
    /// Of bins of the same width.
    let counts: [Int]
    let low: Double
    let high: Double
    let xLabel: String
    let description: String

    var svg: String {
        let area = ChartArea(
            width: 480, height: 200, x: ChartScale([low, high]),
            y: ChartScale(counts.map(Double.init), fromZero: true, count: 4))
        let step = (high - low) / Double(max(counts.count, 1))
        let bars = counts.enumerated().filter { $0.element > 0 }.map { place, count in
            let (left, right) = (low + step * Double(place), low + step * Double(place + 1))
            return "<rect class=\"bar\" x=\"\(area.across(left))\" y=\"\(area.down(Double(count)))\" "
                + "width=\"\(Markup.coordinate(max(area.place(across: right) - area.place(across: left) - 1, 0.5)))\" "
                + "height=\"\(Markup.coordinate(area.place(down: 0) - area.place(down: Double(count))))\"/>"
        }
        return area.svg("histogram", description: description, xLabel: xLabel, yLabel: "images", bars)
    }
}
