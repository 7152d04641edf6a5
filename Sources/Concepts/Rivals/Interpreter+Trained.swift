import Inference

extension Interpreter {
    /// What a trained head finds in the image, in the terms of the other part methods (docs/rivals.md §3).
    ///
    /// - Parameters:
    ///   - image: `[e]`, of length 1.
    ///   - classIndex: what is explained.
    ///   - language: of the class that the analysis compares with.
    func findings(
        image: [Float], _ head: TrainedHead, _ sight: TrainedSight, ofClass classIndex: Int,
        _ language: [PartFindings.LanguageConcept]
    ) -> PartFindings {
        let regions = head.regions(in: sight.features, ofClass: classIndex, count: method.parts.count)
        let concepts = ConceptRetrieval(text: text, parameters: method.retrieval).concepts(
            image: image, parts: Array(regions.indices), picks: regions.map { [$0.descriptor] })
        let languageDescriptors = Set(language.map(\.descriptor))
        return PartFindings(
            method: head.shape.method, key: method.key(of: head.shape.method), gridHeight: sight.grid.height,
            gridWidth: sight.grid.width, parts: TrainedRegion.strongest(of: regions, patches: sight.features.rows),
            boxes: regions.enumerated().compactMap { number, region in
                PartFindings.Box(part: number, of: region.patches, in: sight.grid)
            },
            visionConcepts: concepts, languageConcepts: language,
            agreement: Agreement(
                matches: concepts.map { languageDescriptors.contains($0.descriptor) }, languageCount: language.count,
                bankSize: text.descriptorCount),
            flags: regions.count < method.parts.count ? [.partsReduced] : [],
            importances: regions.enumerated().map { number, region in
                PartFindings.Importance(part: number, descriptor: region.descriptor, value: region.importance)
            },
            extents: regions.map(\.patches))
    }
}

extension TrainedRegion {
    /// Of each patch the number of the region that it is strongest in among those it is part of, of equals the first; -1 of none.
    static func strongest(of regions: [TrainedRegion], patches: Int) -> [Int] {
        (0..<patches).map { patch in
            var best = -1
            for (number, region) in regions.enumerated() where region.patches[patch] {
                if best < 0 || region.strengths[patch] > regions[best].strengths[patch] { best = number }
            }
            return best
        }
    }
}

extension PartFindings.Box {
    /// Around the patches; nil without any.
    init?(part: Int, of patches: [Bool], in grid: PatchGrid) {
        let own = patches.indices.filter { patches[$0] }
        let (rows, columns) = (own.map { $0 / grid.width }, own.map { $0 % grid.width })
        guard let top = rows.min(), let bottom = rows.max(), let left = columns.min(), let right = columns.max()
        else { return nil }
        self.init(part: part, top: top, left: left, bottom: bottom, right: right)
    }
}
