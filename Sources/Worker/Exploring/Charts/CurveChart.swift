import Reporting

/// Mutual information while vision concepts are removed, most relevant first.
struct CurveChart {
    /// Nats, from step 0.
    let values: [Double]
    /// released or membership: the curve's class.
    let estimator: String
    let description: String

    var svg: String {
        let area = ChartArea(
            width: 480, height: 220, x: ChartScale([0, Double(max(values.count - 1, 1))], fromZero: true),
            y: ChartScale(values, fromZero: true))
        let points = values.enumerated().map { "\(area.across(Double($0))) \(area.down($1))" }.joined(separator: " ")
        return area.svg(
            "curve", description: description, xLabel: "concepts removed", yLabel: "MI (nats)",
            ["<polyline class=\"line \(estimator)\" points=\"\(points)\"/>"])
    }
}
