import Concepts
import Persistence

/// Scores an analysis's stored results against ground truth and keeps the scores.
package struct GroundTruthScoring {
    package let file: GroundTruthFile
    package let connection: Connection

    package init(file: GroundTruthFile, connection: Connection) {
        self.file = file
        self.connection = connection
    }

    package struct Counts {
        /// Images with a score under every part method that they have results of.
        package var scored = 0
        /// Images with results of which the file knows nothing.
        package var unknown = 0
    }

    /// - Throws: ``ReportingError`` for an analysis without parts, or whose patch grid does not cover the whole picture.
    package func score(_ analysis: Analysis) throws -> Counts {
        guard analysis.method.findsParts else {
            throw ReportingError(
                "Analysis \(analysis.id) finds no parts (method.parts.by is []), so there is nothing to score; take one that does."
            )
        }
        guard analysis.method.image == .squash else {
            throw ReportingError(
                "Analysis \(analysis.id) crops its pictures (image: \(analysis.method.image.rawValue)), so that boxes and "
                    + "masks do not fit its grid; only image: squash can be scored.")
        }
        let bank = Dictionary(uniqueKeysWithValues: analysis.descriptors.enumerated().map { ($1, $0) })
        let store = GroundTruthStore(connection, analysisID: analysis.id)
        let reader = DatasetReader(
            connection, analysisID: analysis.id, languageClass: analysis.method.language.class)
        var counts = Counts()
        for method in try reader.partMethods() {
            let found = try store.score(partMethod: method) { result in
                try file.truth(of: result.image, bank: bank).map {
                    GroundTruthScore(
                        grid: result.grid, parts: result.parts, vision: result.vision, mutual: result.mutual,
                        bankSize: analysis.descriptors.count, against: $0)
                }
            }
            counts.scored = max(counts.scored, found.scored)
            counts.unknown = max(counts.unknown, found.unknown)
        }
        return counts
    }
}
