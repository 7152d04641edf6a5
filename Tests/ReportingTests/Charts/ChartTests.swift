import Foundation
import Testing

@testable import Reporting

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct ChartScaleTests {
    @Test(arguments: [
        ([0.0, 1], [0, 0.2, 0.4, 0.6, 0.8, 1]), ([3.1, 4.9], [3, 3.5, 4, 4.5, 5]), ([-2, 7], [-2, 0, 2, 4, 6, 8]),
        ([120, 980], [0, 200, 400, 600, 800, 1000]),
    ]) func ticksAreRoundAndHoldTheNumbers(values: [Double], ticks: [Double]) {
        let scale = ChartScale(values)
        #expect(zip(scale.ticks, ticks).allSatisfy { abs($0 - $1) < 1e-9 } && scale.ticks.count == ticks.count)
        #expect(values.allSatisfy { (0...1).contains(scale.share($0)) })
    }

    @Test func oneNumberOrNoneHasRoomAround() {
        for values in [[], [5.0], [0, 0], [-1e-7]] {
            let scale = ChartScale(values)
            #expect(scale.high > scale.low && scale.ticks.count >= 2)
            #expect(values.allSatisfy { (0...1).contains(scale.share($0)) })
        }
    }

    @Test func labelsTellTicksApart() {
        for values in [[0.0, 1], [0, 0.0001], [3.1, 3.15], [0, 25], [0, 30_000]] {
            let scale = ChartScale(values)
            #expect(Set(scale.ticks.map(scale.label)).count == scale.ticks.count)
        }
        #expect(ChartScale([0, 10]).label(-0.0) == "0")
    }
}

@Suite struct ChartTests {
    /// Every element of a drawing with its attributes.
    private final class Elements: NSObject, XMLParserDelegate {
        var found: [(name: String, attributes: [String: String])] = []
        var text = ""
        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) { found.append((name, attributes)) }
        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
    }

    private func parse(_ svg: String) throws -> Elements {
        let elements = Elements()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = elements
        try #require(parser.parse(), "\(parser.parserError.map(String.init(describing:)) ?? "")")
        return elements
    }

    private func spread(_ value: Double) -> ScatterChart.Spread {
        .init(value: value, lower: value - 1, upper: value + 1)
    }

    @Test func curvesBecomeLinesThatFallWithTheirNumbers() throws {
        let chart = LineChart(
            panels: [
                .init(
                    title: "kmeans <parts>", subtitle: "",
                    curves: [
                        .init(name: "a & b", values: [4, 2, 0]), .init(name: "c", values: [3, 3]),
                    ])
            ], xLabel: "step", yLabel: "nats", description: "curves")
        let drawing = try parse(chart.svg)
        let lines = drawing.found.filter { $0.name == "polyline" }.compactMap { $0.attributes["points"] }
        #expect(lines.count == 2)
        let points = lines[0].split(separator: " ").compactMap { Double($0) }
        // x grows, and so does y, which counts downwards.
        #expect(points.count == 6 && points[0] < points[2] && points[2] < points[4])
        #expect(points[1] < points[3] && points[3] < points[5])
        #expect(drawing.text.contains("a & b") && drawing.text.contains("kmeans <parts>"))
    }

    @Test func pointsLieOnTheirNumbersAndTheFitGoesThroughThem() throws {
        let points = (0..<4).map {
            ScatterChart.Point(name: "m\($0)", x: spread(Double($0)), y: spread(10 * Double($0)))
        }
        let chart = ScatterChart(
            panels: [.init(title: "t", subtitle: "s", xLabel: "x", points: points)], columns: 1, yLabel: "y",
            description: "points")
        let drawing = try parse(chart.svg)
        let circles = drawing.found.filter { $0.name == "circle" }.compactMap { circle -> (x: Double, y: Double)? in
            guard let x = Double(circle.attributes["cx"] ?? ""), let y = Double(circle.attributes["cy"] ?? "") else {
                return nil
            }
            return (x, y)
        }
        try #require(circles.count == 4)
        // Evenly spaced numbers are evenly spaced points.
        for index in 1..<3 {
            #expect(abs(circles[index + 1].x - 2 * circles[index].x + circles[index - 1].x) < 0.3)
            #expect(abs(circles[index + 1].y - 2 * circles[index].y + circles[index - 1].y) < 0.3)
        }
        let fit = try #require(drawing.found.first { $0.attributes["class"] == "fit" }?.attributes["d"])
        let ends = fit.dropFirst().split(whereSeparator: { " L".contains($0) }).compactMap { Double($0) }
        try #require(ends.count == 4)
        #expect(abs(ends[0] - circles[0].x) < 0.2 && abs(ends[1] - circles[0].y) < 0.2)
        #expect(abs(ends[2] - circles[3].x) < 0.2 && abs(ends[3] - circles[3].y) < 0.2)
        for name in ["m0", "m1", "m2", "m3"] { #expect(drawing.text.contains(name)) }
    }

    @Test func chartsOfNothingAreDrawingsToo() throws {
        _ = try parse(LineChart(panels: [], xLabel: "", yLabel: "", description: "").svg)
        let empty = ScatterChart(
            panels: [.init(title: "", subtitle: "", xLabel: "", points: [])], columns: 2, yLabel: "", description: "")
        _ = try parse(empty.svg)
    }
}
