import Inference

/// Loss and gradient of the labeler of `feature_maps`: from the mean of a picture's patches, blocks of them left out, to the
/// descriptors of its class (docs/rivals.md §2.2).
struct LabelerPass: HeadPass {
    private let shape: HeadShape
    private let weight: DoubleMatrix
    private let bias: [Double]
    /// Of each class the descriptors that are true of it, ascending.
    private let targets: [[Int]]
    private let settings: HeadSettings

    init(_ shape: HeadShape, _ parameters: [Double], targets: [[Int]], settings: HeadSettings) {
        self.shape = shape
        self.targets = targets
        self.settings = settings
        weight = DoubleMatrix(
            rows: shape.concepts, columns: shape.patchWidth,
            elements: parameters[shape.range(HeadShape.labelerWeight)])
        bias = Array(parameters[shape.range(HeadShape.labelerBias)])
    }

    func sums(of examples: [HeadExample], step: Int?) -> HeadSums {
        var weights = DoubleMatrix(rows: shape.concepts, columns: shape.patchWidth)
        var biases = [Double](repeating: 0, count: shape.concepts)
        var (loss, hits) = (0.0, 0)
        for example in examples {
            let kept = step.map { keptPatches(step: $0, place: example.place) } ?? Array(0..<shape.patches)
            let mean = DoubleMatrix(rows: 1, columns: shape.patchWidth, elements: Self.mean(example.features, of: kept))
            let scores = Self.scores(mean, weight, bias)
            var errors = scores.map(Softmax.sigmoid)
            loss += scores.reduce(0.0) { $0 + Softmax.softplus($1) } / Double(shape.concepts)
            for target in targets[example.label] {
                loss -= scores[target] / Double(shape.concepts)
                errors[target] -= 1
            }
            if let first = Ranking.top(1, of: scores).first, targets[example.label].contains(first) { hits += 1 }
            for index in errors.indices {
                errors[index] /= Double(shape.concepts)
                biases[index] += errors[index]
            }
            weights.add(DoubleMatrix(rows: shape.concepts, columns: 1, elements: errors).plain, times: mean.plain)
        }
        return HeadSums(loss: loss, hits: hits, terms: weights.elements + biases)
    }

    func gradient(of sums: HeadSums, count: Int) -> [Double] { sums.terms.map { $0 / Double(count) } }

    /// W·x + b, `[D]`.
    static func scores(_ mean: DoubleMatrix, _ weight: DoubleMatrix, _ bias: [Double]) -> [Double] {
        let products = DoubleMatrix(weight.plain, times: mean.transposed).elements
        return zip(products, bias).map { $0 + $1 }
    }

    /// `[d]`.
    static func mean(_ features: Matrix, of patches: [Int]) -> [Double] {
        var sum = [Double](repeating: 0, count: features.columns)
        for patch in patches {
            for (column, value) in features.row(patch).enumerated() { sum[column] += Double(value) }
        }
        return sum.map { $0 / Double(max(patches.count, 1)) }
    }

    /// DropBlock's: every place where a block fits loses its block with the chance that makes for the wanted share of patches in the
    /// mean, were blocks not to overlap. If nothing would be left, everything is.
    private func keptPatches(step: Int, place: Int) -> [Int] {
        let (height, width) = (shape.gridHeight, shape.gridWidth)
        let side = min(settings.block, height, width)
        let places = (rows: height - side + 1, columns: width - side + 1)
        let chance =
            settings.drop * Double(height * width) / Double(side * side * places.rows * places.columns)
        var generator = HeadDraws.generator(settings.seed, .noise, step, place)
        var isDropped = [Bool](repeating: false, count: height * width)
        for row in 0..<places.rows {
            for column in 0..<places.columns where generator.uniform() < chance {
                for y in row..<row + side {
                    for x in column..<column + side { isDropped[y * width + x] = true }
                }
            }
        }
        let kept = isDropped.indices.filter { !isDropped[$0] }
        return kept.isEmpty ? Array(isDropped.indices) : kept
    }
}
