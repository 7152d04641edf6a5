import Concepts
import Persistence

extension DatasetStatistics {
    /// One a part method, all of one moment.
    package static func read(
        _ analysis: Analysis, id: String, _ connection: Connection, resamples: Int, shuffles: Int, seed: UInt64
    ) throws -> [(method: String, statistics: DatasetStatistics)] {
        let reader = DatasetReader(
            connection, analysisID: id, languageClass: analysis.method.language.class)
        let lists = try AnalysisStore(connection).languageConcepts(analysisID: id) ?? []
        let padding = Array(repeating: [Int](), count: max(analysis.classes.count - lists.count, 0))
        return try reader.snapshot {
            try reader.partMethods().compactMap { method in
                var accumulator = DatasetAccumulator(
                    languageLists: lists.map { $0.map(\.descriptor) } + padding, bankSize: analysis.descriptors.count,
                    predictedClasses: try reader.predictedClasses(), shuffles: shuffles, seed: seed)
                try reader.forEachImage(partMethod: method) { accumulator.add($0) }
                return accumulator.statistics(resamples: resamples, seed: seed).map { (method, $0) }
            }
        }
    }
}
