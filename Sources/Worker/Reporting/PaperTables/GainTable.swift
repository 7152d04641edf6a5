import Concepts
import Persistence

/// Table 2: accuracy with what the model itself retrieves among the descriptors of the classes.
enum GainTable {
    private static let (resamples, seed) = (1000, UInt64(0))

    /// - Parameter analyses: those whose classes are told by descriptors.
    static func read(_ analyses: [TabledAnalysis], _ connection: Connection) throws -> PaperTable {
        let store = AnalysisStore(connection)
        var rows: [PaperRow] = []
        for base in analyses where !analyses.contains(where: { base.content.augments($0.content) }) {
            let augmented = analyses.filter { $0.content.augments(base.content) }
            if augmented.isEmpty {
                let reason =
                    "an analysis with `classifier: descriptors` under the bank that `entente augment` writes of this one's"
                rows.append(
                    PaperRow(
                        analysis: base.id, labels: [base.name, "", ""],
                        cells: [
                            PaperCell(base.top1, else: TabledAnalysis.noLabels), .missing(reason), .missing(reason),
                        ]))
            }
            for other in augmented {
                let halves = try ImageSplit.allCases.map { split in
                    (split, try store.pairedImages(from: base.id, to: other.id, split: split))
                }
                let filled = halves.filter { $0.1.inBoth > 0 }
                if filled.count != 1 {
                    rows.append(row(base, other, "all", try store.pairedImages(from: base.id, to: other.id)))
                }
                rows += filled.map { row(base, other, "\($0.0.rawValue) half", $0.1) }
            }
        }
        return PaperTable(
            number: "2", title: "Zero-shot accuracy with multimodal concepts among the descriptors",
            labels: ["base", "with concepts", "pictures"],
            columns: [
                PaperColumn("base, top-1", .percent), PaperColumn("with concepts, top-1", .percent),
                PaperColumn("gain", .percent, better: .high, isDifference: true),
            ],
            rows: rows,
            notes: [
                "Over the images that both have; intervals by resampling classes. Below the gain the exact p of McNemar's test. A gain on "
                    + "the half that concepts were not mined on is clean; on the pictures that they were mined on, labels have gone "
                    + "into the bank, which is the paper's protocol."
            ],
            absence:
                "Nothing yet: it takes an analysis with `classifier: descriptors`, and one under the bank that `entente augment` writes."
        )
    }

    private static func row(
        _ base: TabledAnalysis, _ other: TabledAnalysis, _ pictures: String, _ images: PairedImages
    ) -> PaperRow {
        let accuracy = PairedAccuracy(images.hits, resamples: resamples, seed: seed)
        func cell(_ estimate: (PairedAccuracy) -> DatasetStatistics.Estimate, _ null: (PairedAccuracy) -> PaperNull)
            -> PaperCell
        {
            PaperCell(
                accuracy.map { PaperFigure(estimate($0), count: $0.images, nulls: [null($0)]) },
                else: "no image has the same label in both; send both the same images with labels")
        }
        return PaperRow(
            analysis: other.id, labels: [base.name, other.name, pictures],
            cells: [
                cell(\.before) { _ in base.guessing(1) }, cell(\.now) { _ in other.guessing(1) },
                cell(\.difference) { PaperNull("no difference", pValue: $0.test.exact) },
            ])
    }
}
