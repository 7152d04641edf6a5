/// The foreground of one image on its patch grid: scores, threshold, connected components (docs/method.md §5).
struct Foreground: Equatable {
    /// Min–max scaled scores below this are background (docs/method.md §5.3).
    static let minmaxThreshold = 0.4
    /// The second component joins from this many patches on, whatever the grid (docs/method.md §5.4).
    static let smallestSecondComponent = 5

    /// `[gridHeight, gridWidth]` raster, at least one true.
    let patches: [Bool]
    /// As ``ImageParts/passing``.
    let passing: [Bool]
    /// No patch passed the threshold; the single patch of highest score stands in.
    let isStandIn: Bool

    /// Scores of the stack's rows, in domains over which sign, scaling and mean go.
    ///
    /// `svd` and `pca` see the stack as a whole. `laplacian` and `tokencut` are defined on one image's graph, also in a
    /// group, so every image is a domain of its own.
    static func scores(_ stack: FeatureStack, by score: MethodParameters.Foreground.Score) -> [[Double]] {
        switch score {
        case .svd: [ForegroundScore.svd(stack)]
        case .pca: [ForegroundScore.pca(stack)]
        case .laplacian: stack.ranges.map { ForegroundScore.laplacian(FeatureRows(stack, $0, .unit)) }
        case .tokencut: stack.ranges.map { ForegroundScore.tokencut(FeatureRows(stack, $0, .unit)) }
        }
    }

    /// One foreground an image.
    static func find(
        in images: [PatchFeatures], stack: FeatureStack, parameters: MethodParameters.Foreground
    ) -> [Foreground] {
        let scores = scores(stack, by: parameters.by)
        let passes = scores.flatMap { passing($0, threshold: parameters.threshold) }
        let flat = scores.flatMap { $0 }
        return zip(images, stack.ranges).map { image, range in
            Foreground(
                passing: Array(passes[range]), scores: Array(flat[range]), height: image.gridHeight,
                width: image.gridWidth)
        }
    }

    /// Which scores are foreground: above 0 for `sign`; at least ``minmaxThreshold`` once scaled to 0…1 for `minmax`
    /// (equal scores scale to 0); above the mean for `mean`, as TokenCut has it.
    static func passing(_ scores: [Double], threshold: MethodParameters.Foreground.Threshold) -> [Bool] {
        switch threshold {
        case .sign:
            return scores.map { $0 > 0 }
        case .minmax:
            guard let lowest = scores.min(), let highest = scores.max(), highest > lowest else {
                return scores.map { _ in false }
            }
            return scores.map { ($0 - lowest) / (highest - lowest) >= minmaxThreshold }
        case .mean:
            let mean = scores.reduce(0, +) / Double(max(scores.count, 1))
            // What is at the mean but for rounding is at the mean.
            let rounding = scores.reduce(0) { max($0, $1.magnitude) } * ForegroundScore.noise
            return scores.map { $0 - mean > rounding }
        }
    }

    init(passing: [Bool], scores: [Double], height: Int, width: Int) {
        let components = ConnectedComponents(of: passing, height: height, width: width)
        let bySize = Ranking.top(2, of: components.sizes)
        guard let first = bySize.first else {
            let best = Ranking.top(1, of: scores)
            patches = scores.indices.map { best.contains($0) }
            self.passing = patches
            isStandIn = true
            return
        }
        var kept: Set = [first]
        if bySize.count == 2, components.sizes[bySize[1]] >= Self.smallestSecondComponent {
            kept.insert(bySize[1])
        }
        patches = components.labels.map(kept.contains)
        self.passing = passing
        isStandIn = false
    }
}
