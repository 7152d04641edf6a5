import Foundation
import Inference

/// Loss and gradient of `mm_cbm` and `mm_protosim` (docs/rivals.md §2.1).
struct BottleneckPass: HeadPass {
    private let numbers: BottleneckNumbers
    private let texts: DoubleMatrix
    private let settings: HeadSettings

    init(_ shape: HeadShape, _ parameters: [Double], texts: DoubleMatrix, settings: HeadSettings) {
        numbers = BottleneckNumbers(shape, parameters, texts: texts)
        self.texts = texts
        self.settings = settings
    }

    /// Gradients by what all pictures share: ``BottleneckNumbers/keys``, the offsets, the values, the classifier.
    private struct Terms {
        var keys: DoubleMatrix
        var offsets: [Double]
        /// `[1, d]`.
        var values: DoubleMatrix
        var valueOffset = 0.0
        var readOutBias = 0.0
        var classifier: DoubleMatrix

        init(_ shape: HeadShape) {
            keys = DoubleMatrix(rows: shape.concepts, columns: shape.patchWidth)
            offsets = [Double](repeating: 0, count: shape.concepts)
            values = DoubleMatrix(rows: 1, columns: shape.patchWidth)
            classifier = DoubleMatrix(rows: shape.classes, columns: shape.concepts)
        }

        init(_ shape: HeadShape, _ flat: [Double]) {
            var rest = flat[...]
            func take(_ count: Int) -> ArraySlice<Double> {
                defer { rest = rest.dropFirst(count) }
                return rest.prefix(count)
            }
            let (concepts, width) = (shape.concepts, shape.patchWidth)
            keys = DoubleMatrix(rows: concepts, columns: width, elements: take(concepts * width))
            offsets = Array(take(concepts))
            values = DoubleMatrix(rows: 1, columns: width, elements: take(width))
            classifier = DoubleMatrix(
                rows: shape.classes, columns: concepts, elements: take(shape.classes * concepts))
            valueOffset = take(1).first ?? 0
            readOutBias = take(1).first ?? 0
        }

        var flat: [Double] {
            keys.elements + offsets + values.elements + classifier.elements + [valueOffset, readOutBias]
        }
    }

    func sums(of examples: [HeadExample], step: Int?) -> HeadSums {
        let shape = numbers.shape
        var terms = Terms(shape)
        var (loss, hits) = (0.0, 0)
        for example in examples {
            let features = DoubleMatrix(example.features)
            let logits = numbers.logits(features)
            let given = numbers.given(features)
            let (weights, soft) = weights(logits, step: step, place: example.place)
            let presences = numbers.presences(weights, given)
            let scores = DoubleMatrix(
                numbers.classifier.plain,
                times: DoubleMatrix(rows: shape.concepts, columns: 1, elements: presences).plain
            ).elements
            var errors = Softmax.shares(scores)
            loss -= log(max(errors[example.label], .leastNonzeroMagnitude))
            if Ranking.top(1, of: scores).first == example.label { hits += 1 }
            errors[example.label] -= 1

            let error = DoubleMatrix(rows: 1, columns: shape.classes, elements: errors)
            terms.classifier.add(
                error.transposed, times: DoubleMatrix(rows: 1, columns: shape.concepts, elements: presences).plain)
            let back = DoubleMatrix(error.plain, times: numbers.classifier.plain).elements
            let inner = zip(back, presences).map { $0 * $1 * (1 - $1) }
            terms.readOutBias += inner.reduce(0, +)

            let givenBack = DoubleMatrix(
                DoubleMatrix(rows: 1, columns: shape.concepts, elements: inner).plain, times: weights.plain)
            terms.values.add(givenBack.plain, times: features.plain)
            terms.valueOffset += givenBack.elements.reduce(0, +)

            let logitsBack = logitsBack(inner, given, soft)
            terms.keys.add(logitsBack.plain, times: features.plain)
            for concept in 0..<shape.concepts {
                terms.offsets[concept] += logitsBack.row(concept).reduce(0, +)
            }
        }
        return HeadSums(loss: loss, hits: hits, terms: terms.flat)
    }

    /// How much of each patch belongs to each concept, and the smooth shares that gradients go through: the same for `mm_cbm`; for
    /// `mm_protosim` each patch is wholly its winner's, with the gradient of its shares.
    private func weights(
        _ logits: DoubleMatrix, step: Int?, place: Int
    ) -> (weights: DoubleMatrix, soft: DoubleMatrix) {
        guard numbers.shape.method == .mmProtoSim else {
            let shares = Softmax.overColumns(logits)
            return (shares, shares)
        }
        var noisy = logits
        var generator = step.map { HeadDraws.generator(settings.seed, .noise, $0, place) }
        noisy.withUnsafeMutableElements { elements in
            for index in elements.indices {
                elements[index] = (elements[index] + (generator?.gumbel() ?? 0)) / settings.temperature
            }
        }
        return (Self.winners(noisy), Softmax.overRows(noisy))
    }

    /// 1 where a patch's logit is highest, else 0; `[D, n]`.
    static func winners(_ logits: DoubleMatrix) -> DoubleMatrix {
        var result = DoubleMatrix(rows: logits.rows, columns: logits.columns)
        for (patch, concept) in Softmax.highestRows(logits).enumerated() { result[concept, patch] = 1 }
        return result
    }

    /// The gradient by the logits, `[D, n]`: a share times how much more than its kin's mean it would give.
    private func logitsBack(_ inner: [Double], _ given: [Double], _ soft: DoubleMatrix) -> DoubleMatrix {
        var result = soft
        let isOverConcepts = numbers.shape.method == .mmProtoSim
        let temperature = isOverConcepts ? settings.temperature : 1
        result.withUnsafeMutableElements { elements in
            let (concepts, patches) = (soft.rows, soft.columns)
            if isOverConcepts {
                for patch in 0..<patches {
                    var mean = 0.0
                    for concept in 0..<concepts { mean += elements[concept * patches + patch] * inner[concept] }
                    for concept in 0..<concepts {
                        elements[concept * patches + patch] *= given[patch] * (inner[concept] - mean) / temperature
                    }
                }
            } else {
                for concept in 0..<concepts {
                    let row = concept * patches
                    var mean = 0.0
                    for patch in 0..<patches { mean += elements[row + patch] * given[patch] }
                    for patch in 0..<patches { elements[row + patch] *= inner[concept] * (given[patch] - mean) }
                }
            }
        }
        return result
    }

    func gradient(of sums: HeadSums, count: Int) -> [Double] {
        let shape = numbers.shape
        let scale = 1 / Double(count)
        let terms = Terms(shape, sums.terms.map { $0 * scale })
        func column(_ values: [Double]) -> DoubleMatrix {
            DoubleMatrix(rows: values.count, columns: 1, elements: values)
        }
        // Q, through the keys and the offsets that are made of it.
        var queries = DoubleMatrix(terms.keys.plain, times: numbers.patchWeight.transposed)
        queries.add(column(terms.offsets).plain, times: column(numbers.patchBias).transposed)
        let textWeight = DoubleMatrix(queries.transposed, times: texts.plain)
        var textBias = [Double](repeating: 0, count: shape.width)
        for concept in 0..<shape.concepts {
            for (index, value) in queries.row(concept).enumerated() { textBias[index] += value }
        }
        var patchWeight = DoubleMatrix(numbers.queries.transposed, times: terms.keys.plain)
        patchWeight.add(column(numbers.readOut).plain, times: terms.values.plain)
        var patchBias = DoubleMatrix(numbers.queries.transposed, times: column(terms.offsets).plain).elements
        for index in patchBias.indices { patchBias[index] += numbers.readOut[index] * terms.valueOffset }
        var readOut = DoubleMatrix(numbers.patchWeight.plain, times: terms.values.transposed).elements
        for index in readOut.indices { readOut[index] += numbers.patchBias[index] * terms.valueOffset }

        return textWeight.elements + textBias + patchWeight.elements + patchBias + readOut + [terms.readOutBias]
            + terms.classifier.elements
    }
}
