/// What the database knows of a partition.
public struct OffsetPosition: Sendable, Hashable {
    public let epoch: Int64
    /// First offset whose outcome is not in the tables; nil when the partition has not been begun.
    public let nextOffset: Int64?
    /// The cluster whose offsets these are; nil: not known.
    public let cluster: String?
    /// The last record whose outcome is stored; nil: none, or not known.
    public let last: RecordMark?
    /// Where it begins while it has no offset: -2 the oldest record, else the first of so many milliseconds since 1970 or
    /// later; nil: at 0.
    public let beginsAt: Int64?
    /// Why nobody may read it until an operator says how to go on.
    public let heldBecause: String?
    /// Whether that is because its log is another one than the offset was counted in.
    public let isOtherLog: Bool

    public init(
        epoch: Int64, nextOffset: Int64?, cluster: String? = nil, last: RecordMark? = nil, beginsAt: Int64? = nil,
        heldBecause: String? = nil, isOtherLog: Bool = false
    ) {
        self.epoch = epoch
        self.nextOffset = nextOffset
        self.cluster = cluster
        self.last = last
        self.beginsAt = beginsAt
        self.heldBecause = heldBecause
        self.isOtherLog = isOtherLog
    }

    /// Records that nobody has worked on, of a log that holds these offsets.
    public func lag(in log: Range<Int64>) -> Int64 {
        guard !isOtherLog, let nextOffset, log.lowerBound...log.upperBound ~= nextOffset else {
            return Int64(log.count)
        }
        return log.upperBound - nextOffset
    }

    /// In the order in which they are read.
    static let columns =
        "epoch, next_offset, cluster_id, last_offset, last_digest, begins_at, held_because, is_other_log"

    init(_ rows: Rows, row: Int, from column: Int = 0) throws {
        let last = try rows.optionalBigint(row, column + 3)
        let digest = try rows.optionalBytes(row, column + 4)
        try self.init(
            epoch: rows.bigint(row, column), nextOffset: rows.optionalBigint(row, column + 1),
            cluster: rows.optionalText(row, column + 2),
            last: last.flatMap { offset in digest.map { RecordMark(offset: offset, digest: $0) } },
            beginsAt: rows.optionalBigint(row, column + 5), heldBecause: rows.optionalText(row, column + 6),
            isOtherLog: rows.bool(row, column + 7))
    }
}
