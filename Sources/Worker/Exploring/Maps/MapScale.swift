import Inference

/// What the colours of a map stand for (docs/dense.md §4.1, §4.2).
enum MapScale: String, Sendable, CaseIterable {
    /// From the map's lowest value to its highest: where, not whether.
    case relative
    /// From 0 to 1, the same for all pictures.
    case absolute
    /// No colours: the picture as the model saw it.
    case plain

    /// Those that a person chooses between.
    static let shown: [MapScale] = [.relative, .absolute]

    /// - Throws: ``ExplorerProblem`` for one that there is not.
    init(named name: String?) throws {
        guard let scale = name.map(Self.init(rawValue:)) ?? .relative else {
            throw ExplorerProblem(.badRequest, "scale has to be relative or absolute.")
        }
        self = scale
    }
}

extension TextMap {
    /// The similarity as it is shown.
    var shownSimilarity: HeatMap { shown(similarity) }

    /// 0…1, as it is drawn.
    func heat(_ scale: MapScale) -> HeatMap { scale == .absolute ? shown(absolute) : shownSimilarity.scaled }

    func layer(_ scale: MapScale) -> HeatLayer {
        HeatLayer(frame: head.frame, side: head.side, values: scale == .plain ? [] : heat(scale).values)
    }

    /// AnoCLIP's maps are smoothed before anyone looks at them (docs/dense.md §2.10).
    private func shown(_ values: [Float]) -> HeatMap {
        let map = HeatMap(side: head.side, values: values)
        return head.dense == .anoclip ? map.smoothed : map
    }
}
