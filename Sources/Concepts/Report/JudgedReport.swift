/// One ``JudgedCurve`` in an ``ImageReport``.
struct JudgedReport: Encodable {
    /// In the metric's unit, means over the draws.
    let curve: [ReportNumber]
    /// At steps of 1; of a single point the point.
    let area: ReportNumber
    /// The area a step, null of a single point.
    let stepMean: ReportNumber

    enum CodingKeys: String, CodingKey {
        case curve, area
        case stepMean = "step_mean"
    }

    init(_ judged: JudgedCurve) {
        let unit = Double(Int64(judged.draws) * judged.metric.unit)
        curve = judged.points.map { ReportNumber(Double($0) / unit) }
        area = ReportNumber(judged.area)
        stepMean = ReportNumber(judged.stepMean)
    }

    /// By what is judged, variant and metric; nil of nothing.
    static func reports(_ curves: [JudgedCurve]) -> [String: [String: [String: JudgedReport]]]? {
        guard !curves.isEmpty else { return nil }
        return curves.reduce(into: [:]) { reports, curve in
            reports[curve.subject, default: [:]][curve.variant, default: [:]][curve.metric.rawValue] =
                JudgedReport(curve)
        }
    }
}
