import Inference
import Reporting

/// The text that each pixel shows most, or none.
struct SegmentMap {
    /// `[height, width]`: a text's number; -1 where no text reaches ``threshold``.
    let labels: [Int]

    /// On the absolute scale: half way from nothing to certainty.
    static let threshold: Float = 0.5

    init(_ reading: DenseReading, side: Int, width: Int, height: Int) {
        let texts = reading.similarity.columns
        func enlarged(_ values: Matrix, _ text: Int) -> [Float] {
            HeatMap(values, text: text, side: side).enlarged(width: width, height: height)
        }
        var best = [Float](repeating: -.infinity, count: width * height)
        var labels = [Int](repeating: 0, count: width * height)
        for text in 0..<texts {
            let values = enlarged(reading.similarity, text)
            for pixel in values.indices where values[pixel] > best[pixel] {
                (best[pixel], labels[pixel]) = (values[pixel], text)
            }
        }
        if let correlation = reading.correlation {
            Self.vote(&labels, correlation, side: side, width: width, height: height, texts: texts)
        }
        for text in Set(labels) {
            let certainty = enlarged(reading.absolute, text)
            for pixel in labels.indices where labels[pixel] == text && certainty[pixel] < Self.threshold {
                labels[pixel] = -1
            }
        }
        self.labels = labels
    }

    /// Every region takes the commonest text of its pixels; of equals the first (CLIPtrase, docs/dense.md §4.3).
    private static func vote(
        _ labels: inout [Int], _ correlation: Matrix, side: Int, width: Int, height: Int, texts: Int
    ) {
        let clusters = PatchClusters.forGrid(side: side).labels(of: correlation)
        let maps = PatchClusters.maps(of: correlation, labels: clusters)
        guard maps.rows > 0 else { return }
        var best = [Float](repeating: -.infinity, count: labels.count)
        var regions = [Int](repeating: 0, count: labels.count)
        for region in 0..<maps.rows {
            let map = HeatMap(side: side, values: Array(maps.row(region))).cleaned
                .enlarged(width: width, height: height)
            for pixel in map.indices where map[pixel] > best[pixel] {
                (best[pixel], regions[pixel]) = (map[pixel], region)
            }
        }
        var counts = [[Int]](repeating: .init(repeating: 0, count: texts), count: maps.rows)
        for (pixel, region) in regions.enumerated() { counts[region][labels[pixel]] += 1 }
        let winners = counts.map { votes in votes.indices.max { (votes[$0], -$0) < (votes[$1], -$1) } ?? 0 }
        for (pixel, region) in regions.enumerated() { labels[pixel] = winners[region] }
    }

    /// The picture with each text's pixels in a colour of its own, everything else darkened.
    func draw(over picture: Picture) -> Picture {
        var result = picture
        for (pixel, label) in labels.enumerated() {
            let color = label < 0 ? (0, 0, 0) : PartOverlay.color(of: label)
            for (channel, value) in [color.0, color.1, color.2].enumerated() {
                result.pixels[pixel * 3 + channel] = UInt8((Int(picture.pixels[pixel * 3 + channel]) + value) / 2)
            }
        }
        return result
    }

    /// White where a text is, black elsewhere.
    func mask(of text: Int, width: Int, height: Int) -> Picture {
        Picture(
            width: width, height: height, pixels: labels.flatMap { repeatElement($0 == text ? 255 : 0, count: 3) })
    }
}
