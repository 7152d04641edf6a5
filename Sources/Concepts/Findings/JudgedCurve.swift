/// How the model's answer to an image went while regions were taken away or put back, or what it says of the foreground alone
/// (docs/method.md §20): whole numbers, so that sums over images are exact in any order.
public struct JudgedCurve: Sendable, Equatable {
    public enum Metric: String, Sendable, CaseIterable {
        case deletion, insertion
        case accDrop = "acc_drop"
        case accInc = "acc_inc"
        /// 2.5 × cosine with the predicted class, of the foreground alone.
        case score
        /// Whether the foreground alone is classified as labelled; as the whole picture.
        case top1 = "top_1"
        case agreement

        /// How many of ``JudgedCurve/points`` make one: billionths of a score, and right answers.
        public var unit: Int64 {
            switch self {
            case .deletion, .insertion, .score: 1_000_000_000
            case .accDrop, .accInc, .top1, .agreement: 1
            }
        }
    }

    /// What is judged: the name of the ``Explainer``, or ``foreground``.
    public let subject: String
    /// Which regions, in which order; of the foreground which stage of it. ``importance`` is what is judged, the others are beside it.
    public let variant: String
    public let metric: Metric
    /// Random draws that ``points`` are summed over; 1 where nothing is random.
    public let draws: Int
    /// After 0, 1, … L steps, in units of ``Metric/unit``; one alone of the foreground's metrics.
    public let points: [Int64]
    /// What it is compared with less this, in units of ``amount``: of a null the curve by importance, that many times as it has draws; of
    /// the foreground the whole picture. nil where there is nothing to compare with.
    public let difference: Int64?

    public static let foreground = "foreground"
    public static let importance = "importance"
    public static let randomOrder = "random_order"
    public static let randomRegions = "random_regions"

    public init(
        subject: String, variant: String, metric: Metric, draws: Int = 1, points: [Int64], difference: Int64? = nil
    ) {
        precondition(!points.isEmpty && draws > 0, "\(points.count) points of \(draws) draws")
        self.subject = subject
        self.variant = variant
        self.metric = metric
        self.draws = draws
        self.points = points
        self.difference = difference
    }

    /// The same with a ``difference``.
    func compared(_ difference: Int64) -> JudgedCurve {
        JudgedCurve(
            subject: subject, variant: variant, metric: metric, draws: draws, points: points, difference: difference)
    }

    /// Twice the area below the curve at steps of 1, which is whole; of one point the point.
    public var amount: Int64 {
        guard points.count > 1 else { return points[0] }
        return 2 * points.reduce(0, +) - points[0] - points[points.count - 1]
    }

    /// Steps of the curve, L.
    public var steps: Int { points.count - 1 }

    /// Mean over the draws: the area at steps of 1, of one point the point.
    public var area: Double { Double(amount) / Double((steps > 0 ? 2 : 1) * Int64(draws) * metric.unit) }

    /// The area a step; nil of one point.
    public var stepMean: Double? { steps > 0 ? area / Double(steps) : nil }
}
