import Inference

/// The patches of all images of one decomposition, stacked: `F ∈ R^{n×d}` of docs/method.md §4.3.
///
/// Holds no copy of the features, because those of a whole group are large: ``FeatureRows`` reads what is needed.
struct FeatureStack {
    let rows: Int
    let columns: Int
    /// Rows of image i are `ranges[i]`, in raster order.
    let ranges: [Range<Int>]
    fileprivate let images: [Matrix]

    init(_ images: [PatchFeatures]) {
        columns = images.first?.values.columns ?? 0
        var ranges = [Range<Int>]()
        for image in images {
            precondition(
                image.values.columns == images[0].values.columns,
                "images of one decomposition have features of \(columns) and \(image.values.columns) values a patch")
            let start = ranges.last?.upperBound ?? 0
            ranges.append(start..<start + image.values.rows)
        }
        self.ranges = ranges
        self.images = images.map(\.values)
        rows = ranges.last?.upperBound ?? 0
    }
}

/// Some rows of a stack in double, because signs and nearest centres are decided on them and must come out alike on
/// every CPU.
struct FeatureRows {
    enum Scaling {
        /// As the encoder gave them.
        case raw
        /// Every row of length 1; a row of zeros stays zero.
        case unit
    }

    let stack: FeatureStack
    /// Rows of the stack, ascending.
    let indexes: [Int]
    let scaling: Scaling

    var count: Int { indexes.count }
    var columns: Int { stack.columns }

    init(_ stack: FeatureStack, _ indexes: some Sequence<Int>, _ scaling: Scaling) {
        self.stack = stack
        self.indexes = Array(indexes)
        self.scaling = scaling
    }

    /// `[count, columns]`.
    var values: [Double] {
        Array(unsafeUninitializedCapacity: count * columns) { buffer, initialized in
            if let base = buffer.baseAddress { copy(0..<count, to: base) }
            initialized = count * columns
        }
    }

    /// Writes the rows of `range`, `[range.count, columns]`.
    func copy(_ range: Range<Int>, to destination: UnsafeMutablePointer<Double>) {
        var target = destination
        var image = 0
        for index in indexes[range] {
            while !stack.ranges[image].contains(index) { image += 1 }
            let row = stack.images[image].row(index - stack.ranges[image].lowerBound)
            row.withUnsafeBufferPointer { write($0, to: target) }
            target += columns
        }
    }

    private func write(_ row: UnsafeBufferPointer<Float>, to target: UnsafeMutablePointer<Double>) {
        for column in row.indices { target[column] = Double(row[column]) }
        guard scaling == .unit else { return }
        // Scaled by the largest magnitude first, so that squares of huge or tiny values stay finite.
        let largest = row.reduce(0.0) { max($0, Double($1).magnitude) }
        guard largest > 0 else { return }
        let square = row.reduce(0.0) { $0 + (Double($1) / largest) * (Double($1) / largest) }
        let length = largest * square.squareRoot()
        for column in row.indices { target[column] /= length }
    }
}
