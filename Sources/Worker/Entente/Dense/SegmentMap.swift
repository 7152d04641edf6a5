import Foundation
import Inference

/// The text that each pixel shows most, or none.
struct SegmentMap {
    let width: Int, height: Int
    /// `[height, width]`: a text's number; -1 where none is sure enough.
    let labels: [Int]

    init(_ reading: DenseReading, by rule: LabelRule, side: Int, width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        let candidates = rule.candidates(reading)
        let values = rule.values(of: reading)
        // One at a time: hundreds of them in a picture's size would not fit in memory.
        func map(_ place: Int) -> [Float] {
            HeatMap(values, text: candidates[place], side: side).enlarged(width: width, height: height)
        }
        guard !candidates.isEmpty else {
            labels = .init(repeating: -1, count: width * height)
            return
        }
        var contest = PixelContest(pixels: width * height, scale: rule.comparedScale)
        for place in candidates.indices { contest.enter(map(place)) }
        if let correlation = reading.correlation {
            let voted = Self.vote(
                contest.winners, correlation, side: side, width: width, height: height, choices: candidates.count)
            contest.replaceWinners(voted, map: map)
        }
        labels = contest.winners.indices.map { pixel in
            contest.certainty(at: pixel) >= rule.least ? candidates[contest.winners[pixel]] : -1
        }
    }

    /// Every region takes the commonest choice of its pixels; of equals the first (CLIPtrase, docs/dense.md §4.3).
    private static func vote(
        _ winners: [Int], _ correlation: Matrix, side: Int, width: Int, height: Int, choices: Int
    ) -> [Int] {
        let clusters = PatchClusters.forGrid(side: side).labels(of: correlation)
        let maps = PatchClusters.maps(of: correlation, labels: clusters)
        guard maps.rows > 0 else { return winners }
        var contest = PixelContest(pixels: winners.count, scale: nil)
        for region in 0..<maps.rows {
            let map = HeatMap(side: side, values: Array(maps.row(region))).cleaned
            contest.enter(map.enlarged(width: width, height: height))
        }
        let regions = contest.winners
        var counts = [[Int]](repeating: .init(repeating: 0, count: choices), count: maps.rows)
        for (pixel, region) in regions.enumerated() { counts[region][winners[pixel]] += 1 }
        let commonest = counts.map { votes in votes.indices.max { (votes[$0], -$0) < (votes[$1], -$1) } ?? 0 }
        return regions.map { commonest[$0] }
    }

    /// Numbers and colours: 0 is no text, n + 1 the text n.
    ///
    /// - Parameter texts: at most ``LabelColors/most``.
    func indexed(texts: Int) -> IndexedPicture {
        IndexedPicture(
            width: width, height: height, pixels: labels.map { UInt8($0 + 1) },
            palette: LabelColors.palette(texts: texts))
    }

    /// A picture of any size with each text's pixels in its colour, everything else darkened.
    func draw(over picture: Picture) -> Picture {
        var pixels = picture.pixels
        for pixel in 0..<picture.width * picture.height {
            let (y, x) = (
                pixel / picture.width * height / picture.height, pixel % picture.width * width / picture.width
            )
            let label = labels[y * width + x]
            let color = label < 0 ? LabelColors.none : LabelColors.color(of: label)
            for channel in 0..<3 {
                let index = pixel * 3 + channel
                pixels[index] = UInt8((Int(picture.pixels[index]) + Int(color[channel])) / 2)
            }
        }
        return Picture(width: picture.width, height: picture.height, pixels: pixels)
    }

    /// What share of the pixels each text has, `[texts]`.
    func shares(texts: Int) -> [Double] {
        var counts = [Int](repeating: 0, count: texts)
        for label in labels where label >= 0 { counts[label] += 1 }
        return counts.map { Double($0) / Double(max(labels.count, 1)) }
    }
}
