import Reporting

/// Classes by two of their numbers, each a link to its page.
struct PointChart {
    struct Point {
        let name: String
        let href: String
        let x: Double
        let y: Double
    }

    let points: [Point]
    let xLabel: String
    let yLabel: String
    let description: String

    var svg: String {
        let area = ChartArea(
            width: 960, height: 340, x: ChartScale(points.map(\.x)), y: ChartScale(points.map(\.y), fromZero: true))
        // Not in the order of the keyboard: a table beside it has the same links.
        let dots = points.map {
            "<a href=\"\(Markup.escaped($0.href))\" tabindex=\"-1\"><circle class=\"dot\" cx=\"\(area.across($0.x))\" "
                + "cy=\"\(area.down($0.y))\" r=\"3\"><title>\(Markup.escaped($0.name))</title></circle></a>"
        }
        return area.svg("scatter", description: description, xLabel: xLabel, yLabel: yLabel, dots, holdsLinks: true)
    }
}
