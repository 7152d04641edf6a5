import Foundation

/// Numbers to places along one side of a chart, with ticks at round numbers.
package struct ChartScale {
    let low: Double
    let high: Double
    package let ticks: [Double]
    private let step: Double

    /// - Parameters:
    ///   - values: what has to fit; none or all equal get room around them.
    ///   - count: ticks to aim for.
    package init(_ values: [Double], fromZero: Bool = false, count: Int = 5) {
        var (least, most) = (values.min() ?? 0, values.max() ?? 1)
        if fromZero { (least, most) = (min(least, 0), max(most, 0)) }
        if most <= least {
            let room = max(abs(most) * 0.1, 1e-9)
            (least, most) = (fromZero ? least : least - room, most + room)
        }
        let raw = (most - least) / Double(count)
        let power = pow(10, floor(log10(raw)))
        step = ([1, 2, 2.5, 5, 10].first { $0 * power >= raw * (1 - 1e-9) } ?? 10) * power
        let (first, last) = (floor(least / step + 1e-9), ceil(most / step - 1e-9))
        ticks = stride(from: first, through: last, by: 1).map { [step] in $0 * step }
        (low, high) = (first * step, last * step)
    }

    /// 0 at ``low``, 1 at ``high``.
    package func share(_ value: Double) -> Double { (value - low) / (high - low) }

    /// With as many decimals as tell ticks apart.
    package func label(_ tick: Double) -> String {
        let decimals = (0...9).first { places in
            let scaled = step * pow(10, Double(places))
            return abs(scaled - scaled.rounded()) < 1e-6 * scaled
        }
        return String(format: "%.\(decimals ?? 9)f", tick == 0 ? 0 : tick)
    }
}
