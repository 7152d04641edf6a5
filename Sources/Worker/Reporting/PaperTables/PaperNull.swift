import Persistence

/// What a figure is held against.
package struct PaperNull: Sendable, Equatable {
    let name: String
    /// What the figure would be; nil where there is no such number.
    let value: Double?
    let low: Double?
    let high: Double?
    /// Mean of the figure less it over pairs of the same image, with the ends of its 95 % interval.
    let difference: Double?
    let differenceLow: Double?
    let differenceHigh: Double?
    /// How likely it would come as far.
    let pValue: Double?

    init(_ name: String, value: Double? = nil, pValue: Double? = nil) {
        self.name = name
        self.value = value
        self.pValue = pValue
        (low, high, difference, differenceLow, differenceHigh) = (nil, nil, nil, nil, nil)
    }

    init(_ name: String, _ value: IntervalEstimate?, difference: IntervalEstimate?) {
        self.name = name
        self.value = value?.value
        low = value?.low
        high = value?.high
        self.difference = difference?.value
        differenceLow = difference?.low
        differenceHigh = difference?.high
        pValue = nil
    }
}
