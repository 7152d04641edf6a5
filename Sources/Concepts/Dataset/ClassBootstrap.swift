/// Percentile bootstrap over classes (docs/method.md §12.2): as many classes are drawn with replacement as there are, many times
/// over, and a figure's interval is that of its values over the draws.
struct ClassBootstrap<Total> {
    private let whole: Total
    private let samples: [Total]

    /// - Parameters:
    ///   - classes: each one's total, in a fixed order.
    ///   - empty: the total of nothing.
    ///   - add: puts a class's total into a sum.
    init(
        _ classes: [Total], from empty: Total, resamples: Int, seed: UInt64, add: (inout Total, Total) -> Void
    ) {
        var generator = SplitMix64(seed: seed)
        whole = classes.reduce(into: empty, add)
        samples = (0..<resamples).map { _ in
            var sample = empty
            for _ in classes { add(&sample, classes[generator.next(below: classes.count)]) }
            return sample
        }
    }

    /// nil where the figure of all classes is undefined; draws of which it is are left out.
    func estimate(_ value: (Total) -> Double?) -> DatasetStatistics.Estimate? {
        guard let all = value(whole) else { return nil }
        let values = samples.compactMap(value).sorted()
        return DatasetStatistics.Estimate(
            value: all, lower: Self.quantile(0.025, of: values) ?? all,
            upper: Self.quantile(0.975, of: values) ?? all)
    }

    /// Linear between the neighbours, as numpy's default; nil of nothing.
    static func quantile(_ share: Double, of sorted: [Double]) -> Double? {
        guard let last = sorted.indices.last else { return nil }
        let place = share * Double(last)
        let low = Int(place)
        return sorted[low] + (place - Double(low)) * (sorted[min(low + 1, last)] - sorted[low])
    }
}
