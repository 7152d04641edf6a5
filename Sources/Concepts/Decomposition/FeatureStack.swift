import Inference

/// The patches of all images of one decomposition, stacked: `F̂ ∈ R^{n×d}` of METHODS §1.3, every row of length 1.
///
/// Held in double, because signs and nearest centres are decided on these rows and must come out alike on every CPU.
struct FeatureStack {
    /// `[rows, columns]`; a row of zeros stays zero.
    let values: [Double]
    let rows: Int
    let columns: Int
    /// Rows of image i are `ranges[i]`, in raster order.
    let ranges: [Range<Int>]

    init(_ images: [PatchFeatures]) {
        let width = images.first?.values.columns ?? 0
        var values = [Double]()
        values.reserveCapacity(images.reduce(0) { $0 + $1.values.elements.count })
        var ranges = [Range<Int>]()
        var rows = 0
        for image in images {
            precondition(
                image.values.columns == width,
                "images of one decomposition have features of \(width) and \(image.values.columns) values a patch")
            for row in 0..<image.values.rows {
                let source = image.values.row(row)
                // Scaled by the largest magnitude first, so that squares of huge or tiny values stay finite.
                let largest = source.reduce(0.0) { max($0, Double($1).magnitude) }
                guard largest > 0 else {
                    values.append(contentsOf: repeatElement(0, count: width))
                    continue
                }
                let square = source.reduce(0.0) { $0 + (Double($1) / largest) * (Double($1) / largest) }
                let length = largest * square.squareRoot()
                for value in source { values.append(Double(value) / length) }
            }
            ranges.append(rows..<rows + image.values.rows)
            rows += image.values.rows
        }
        self.values = values
        self.rows = rows
        self.columns = width
        self.ranges = ranges
    }
}
