import Persistence

/// Whether a partition's log, as the brokers have it, is the one that a group's position in it was counted in.
enum LogFit: Equatable {
    /// To be read from `start` on, once the record of `proof` was found where it was.
    case fits(start: Int64, proof: RecordMark?)
    /// A sentence that says why not.
    case differs(String)

    /// - Parameters:
    ///   - next: the first offset whose outcome is not stored.
    ///   - log: the offsets that the brokers have; the upper bound is that of the next record.
    ///   - cluster: whose they are; nil: not known.
    init(_ position: OffsetPosition, next: Int64, log: Range<Int64>, cluster: String?) {
        if let counted = position.cluster, let cluster, counted != cluster {
            self = .differs("its offsets were counted in the cluster \(counted), and the brokers are of \(cluster)")
        } else if next < log.lowerBound {
            self = .differs(
                "the next record is \(next) and the log begins at \(log.lowerBound): records have expired unread, or the "
                    + "topic was made anew")
        } else if next > log.upperBound {
            self = .differs(
                "the next record is \(next) and the log ends at \(log.upperBound): it was made anew, or an election has "
                    + "shortened it")
        } else {
            // What has expired since can't be found, and need not be: a log made anew begins at 0. A mark that is not behind the
            // offset is from before somebody set that back.
            let proof = position.last.flatMap { log.contains($0.offset) && $0.offset < next ? $0 : nil }
            self = .fits(start: next, proof: proof)
        }
    }

    /// Why a log doesn't fit in which the proof was not found.
    static func unproved(_ proof: RecordMark) -> String {
        "record \(proof.offset), the last whose outcome is stored, is another one now: the topic was made anew, or an "
            + "election has shortened it"
    }
}
