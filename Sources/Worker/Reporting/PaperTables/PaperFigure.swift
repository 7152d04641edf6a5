import Concepts
import Persistence

/// A number with all that it takes to believe it; shares between 0 and 1.
package struct PaperFigure: Sendable, Equatable {
    package let value: Double
    /// The ends of its 95 % interval; nil where there is none.
    let low: Double?
    let high: Double?
    /// What it is over: images, unless the table says otherwise.
    package let count: Int
    let nulls: [PaperNull]

    init(_ value: Double, low: Double? = nil, high: Double? = nil, count: Int, nulls: [PaperNull] = []) {
        self.value = value
        self.low = low
        self.high = high
        self.count = count
        self.nulls = nulls
    }

    init(_ estimate: IntervalEstimate, count: Int, nulls: [PaperNull] = []) {
        self.init(estimate.value, low: estimate.low, high: estimate.high, count: count, nulls: nulls)
    }

    init(_ estimate: DatasetStatistics.Estimate, count: Int, nulls: [PaperNull] = []) {
        self.init(estimate.value, low: estimate.lower, high: estimate.upper, count: count, nulls: nulls)
    }
}
