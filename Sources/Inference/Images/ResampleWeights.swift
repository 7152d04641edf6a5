import CImageCodecs

/// The fixed-point weights of one pass of a resize, for a range of the output.
///
/// Output i is the sum over t < `counts[i]` of `weights[i * taps + t]` × input[`firsts[i]` + t].
struct ResampleWeights {
    let taps: Int
    /// The first input sample of each output, counted from `origin`.
    private(set) var firsts: [Int32]
    let counts: [Int32]
    /// `[outputs, taps]`, with `ENTENTE_RESAMPLE_BITS` fractional bits; unused taps are 0.
    let weights: [Int32]
    /// The input samples that are needed at all.
    let inputs: Range<Int>

    /// Weights that scale `inputSize` samples to `outputSize`, for the outputs in `window`.
    ///
    init(from inputSize: Int, to outputSize: Int, window: Range<Int>, filter: ResampleFilter) {
        precondition(inputSize > 0 && window.lowerBound >= 0 && window.upperBound <= outputSize && !window.isEmpty)
        let kernels = window.map { ResampleKernel(from: inputSize, to: outputSize, output: $0, filter: filter) }
        let taps = kernels.map(\.weights.count).max() ?? 0
        let firsts = kernels.map { Int32($0.first) }
        let counts = kernels.map { Int32($0.weights.count) }
        var weights = [Int32](repeating: 0, count: window.count * taps)
        for (index, kernel) in kernels.enumerated() {
            for (tap, weight) in kernel.weights.enumerated() {
                let scaled = weight * Double(1 << Int(ENTENTE_RESAMPLE_BITS))
                weights[index * taps + tap] = Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
            }
        }
        let lower = firsts.map(Int.init).min() ?? 0
        let upper = zip(firsts, counts).map { Int($0) + Int($1) }.max() ?? 0
        self.taps = taps
        self.firsts = firsts
        self.counts = counts
        self.weights = weights
        inputs = lower..<upper
    }

    /// The same weights over an input from which everything before `inputs` has been cut off.
    func rebased() -> ResampleWeights {
        var copy = self
        copy.firsts = firsts.map { $0 - Int32(inputs.lowerBound) }
        return copy
    }
}

/// What one output sample of a resize is made of: the sum over t of `weights[t]` × input[`first` + t].
///
/// When shrinking, the kernel is stretched by the scale so that it covers what falls into one output (antialiasing).
/// Kernels cut off at a border are normalised to the sum 1 again. As Pillow and, on floats, torch compute it.
struct ResampleKernel {
    let first: Int
    let weights: [Double]

    init(from inputSize: Int, to outputSize: Int, output: Int, filter: ResampleFilter) {
        let scale = Double(inputSize) / Double(outputSize)
        let stretch = max(scale, 1)
        let support = filter.support * stretch
        let shrink = 1 / stretch
        let center = (Double(output) + 0.5) * scale
        let first = max(Int(center - support + 0.5), 0)
        let count = min(Int(center + support + 0.5), inputSize) - first
        var kernel = [Double]()
        kernel.reserveCapacity(count)
        var total = 0.0
        for tap in 0..<count {
            kernel.append(filter.weight(at: (Double(tap + first) - center + 0.5) * shrink))
            total += kernel[tap]
        }
        self.first = first
        weights = total == 0 ? kernel : kernel.map { $0 / total }
    }
}
