import Inference

/// Parts read by a single pass of the encoder: a part's embedding is the mean of a dense method's features over its pixels.
public enum PartPooling {
    /// One entry for each part with at least one pixel, ascending; its only row is the mean of the patches' features, each of
    /// length 1 and counted once for each of its pixels that is the part's, brought to length 1.
    ///
    /// - Parameters:
    ///   - patches: `[n, e]`, the dense features, not normalised.
    ///   - foreground: what parts are confined to; nil for whole patches.
    ///   - size: S, the side of the picture in pixels.
    public static func embeddings(
        patches: Matrix, of grouping: PartGrouping, within foreground: ForegroundPixels?, size: Int
    ) -> [PromptedPartEmbeddings] {
        precondition(
            patches.rows == grouping.labels.count,
            "\(patches.rows) rows of features for a grid of \(grouping.gridHeight)×\(grouping.gridWidth) patches")
        let unit = patches.rowsNormalized()
        let pixels = pixels(of: grouping, within: foreground, size: size)
        return grouping.presentParts.compactMap { part in
            let own = grouping.labels.indices.filter { grouping.labels[$0] == part && pixels[$0] > 0 }
            guard !own.isEmpty else { return nil }
            let count = own.reduce(0) { $0 + pixels[$1] }
            let mean = (0..<unit.columns).map { column in
                Float(own.reduce(0.0) { $0 + Double(pixels[$1]) * Double(unit[$1, column]) } / Double(count))
            }
            return PromptedPartEmbeddings(
                part: part, embeddings: Matrix(rows: 1, columns: mean.count, elements: mean).rowsNormalized(),
                ellipseFallback: false)
        }
    }

    /// How many pixels of each patch are foreground.
    private static func pixels(of grouping: PartGrouping, within foreground: ForegroundPixels?, size: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: grouping.labels.count)
        for y in 0..<size {
            let row = y * grouping.gridHeight / size * grouping.gridWidth
            for x in 0..<size where foreground?.mask[y * size + x] != false {
                counts[row + x * grouping.gridWidth / size] += 1
            }
        }
        return counts
    }
}
