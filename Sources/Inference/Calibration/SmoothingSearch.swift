import Foundation

/// Tries for each layer several shares of how far its inputs are evened out, on rows that came into it, and takes the one whose results
/// are nearest to those of floats.
final class SmoothingSearch: LayerMaker {
    private let probes: [String: ActivationProbe]
    /// Of the layers that are worth it.
    private(set) var found: [String: [Int8]] = [:]

    init(_ probes: [String: ActivationProbe]) { self.probes = probes }

    /// SmoothQuant's α: how much of an input's size goes over to its weights.
    static let shares = [0.25, 0.5, 0.75]
    /// Of a layer's error without smoothing; one that stays above it is left alone, for its rows are even enough.
    static let worthwhile = 0.9

    func layer(
        _ name: String, weights: [Float], bias: [Float], inputs: Int, outputs: Int
    ) throws(InferenceError) -> PackedLayer {
        func layer(_ precision: Precision, _ exponents: [Int8] = []) -> PackedLayer {
            PackedLayer(
                weights: weights, bias: bias, inputs: inputs, outputs: outputs, precision: precision,
                exponents: exponents)
        }
        let plain = layer(.int8)
        guard let probe = probes[name] else { return plain }
        let rows = probe.rows
        let wanted = layer(.fp32).results(rows)
        func error(_ layer: PackedLayer) -> Double {
            zip(layer.results(rows), wanted).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
        }
        var best = (layer: plain, error: Self.worthwhile * error(plain))
        let weight = Self.largest(weights, inputs: inputs)
        for share in Self.shares {
            let exponents = Self.exponents(activations: probe.largest, weights: weight, share: share)
            let smoothed = layer(.int8, exponents)
            let error = error(smoothed)
            // What overflowed is no number, and less than nothing.
            guard error < best.error else { continue }
            best = (smoothed, error)
            found[name] = exponents
        }
        return best.layer
    }

    /// round(α · log₂ a − (1 − α) · log₂ w) of each input, less their median: at most some are far from 0.
    ///
    /// - Parameters:
    ///   - activations: a, the largest magnitudes of the inputs.
    ///   - weights: w, those of their weights.
    ///   - share: α.
    /// - Returns: one an input; 0 for one that is always 0, or has no weight.
    static func exponents(activations: [Float], weights: [Float], share: Double) -> [Int8] {
        let wanted = zip(activations, weights).map { a, w -> Double? in
            guard a > 0, w > 0, a.isFinite, w.isFinite else { return nil }
            return share * log2(Double(a)) - (1 - share) * log2(Double(w))
        }
        let known = wanted.compactMap { $0 }.sorted()
        guard !known.isEmpty else { return [Int8](repeating: 0, count: wanted.count) }
        let median = known[known.count / 2]
        let limits = Smoothing.limits
        return wanted.map { value in
            guard let value else { return 0 }
            let exponent = min(max((value - median).rounded(), Double(limits.lowerBound)), Double(limits.upperBound))
            return Int8(exponent)
        }
    }

    /// The largest magnitude among each input's weights, `[inputs]`.
    private static func largest(_ weights: [Float], inputs: Int) -> [Float] {
        var largest = [Float](repeating: 0, count: inputs)
        for start in stride(from: 0, to: weights.count, by: inputs) {
            for input in 0..<inputs { largest[input] = max(largest[input], weights[start + input].magnitude) }
        }
        return largest
    }
}

extension PackedLayer {
    /// `[n, outputs]` of `[n, inputs]`.
    fileprivate func results(_ rows: [Float]) -> [Float] {
        let scratch = ScratchBuffer(count: scratchFloats)
        let count = rows.count / inputs
        return [Float](unsafeUninitializedCapacity: count * outputs) { out, filled in
            filled = count * outputs
            guard let base = out.baseAddress, count > 0 else { return }
            apply(rows, rows: count, into: base, scratch: scratch.base)
        }
    }
}
