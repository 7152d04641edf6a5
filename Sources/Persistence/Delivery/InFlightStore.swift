import Inference

/// The jobs that are being worked on, so that after a crash it is known which of them may have been its cause.
public struct InFlightStore {
    private let connection: Connection

    public init(_ connection: Connection) { self.connection = connection }

    /// A job whose worker vanished while it was in flight.
    public struct Suspect: Sendable, Hashable {
        public let offset: Int64
        /// Workers that trapped while it ran alone, and got no further with it than one before.
        public let crashes: Int
        /// Workers that vanished while it ran alone and its first image had been read.
        public let attempts: Int
    }

    private static let take = Statement("entente_take_job", "SELECT entente.take_job($1, $2, $3, $4, $5, $6)")
    private static let begin = Statement(
        "entente_open_job",
        """
        SELECT is_ours, is_cancelled, standing, states, labels, label_indexes, hashes, elsewhere, later
        FROM entente.open_job($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """)
    private static let suspects = Statement(
        "entente_suspects",
        """
        SELECT message_offset, crashes, attempts FROM entente.in_flight_jobs
        WHERE consumer_group = $1 AND topic = $2 AND partition = $3 AND is_suspect
        ORDER BY message_offset
        """)
    private static let progress = Statement(
        "entente_note_progress", "SELECT entente.note_progress($1, $2, $3, $4, $5, $6)")
    private static let release = Statement("entente_release_offset", "SELECT entente.release_offset($1, $2, $3, $4)")

    /// Shows that a worker lives for as long as this session does; once a session.
    public func announce(owner: String) throws {
        try connection.query("SELECT entente.announce_owner($1)", [.text(owner)])
    }

    /// Notes a job before any of its pictures is touched, and says what is to be done about it.
    ///
    /// - Parameters:
    ///   - epoch: of the claim under which it was taken.
    ///   - alone: whether nothing runs beside it.
    ///   - images: of which to say what is known. Another URI of one is noted.
    /// - Returns: nil when the partition has another owner by now: the job is none of this worker's business.
    public func begin(
        _ partition: PartitionKey, offset: Int64, epoch: Int64, alone: Bool, analysisID: String,
        images: [ImageReference],
        force: Bool, submissionID: Identifier?
    ) throws -> JobStanding? {
        let rows = try connection.run(
            Self.begin,
            partition.parameters + [
                .bigint(offset), .bigint(epoch), .bool(alone), .text(analysisID), .identifiers(images.map(\.id)),
                .texts(images.map { $0.storedURI(keepData: false) }), .bool(force), .identifier(submissionID),
            ])
        guard try rows.bool(0, 0) else { return nil }
        if try rows.bool(0, 1) { return .cancelled }
        return .wanted(try Self.standing(rows, images.count))
    }

    private static func standing(_ rows: Rows, _ count: Int) throws -> [StandingImage] {
        let (digests, states) = (try rows.optionalTexts(0, 2), try rows.optionalTexts(0, 3))
        let (labels, indexes) = (try rows.optionalIdentifiers(0, 4), try rows.optionalInts(0, 5))
        let (hashes, elsewhere, later) = (try rows.optionalTexts(0, 6), try rows.bools(0, 7), try rows.bools(0, 8))
        for answers in [
            digests.count, states.count, labels.count, indexes.count, hashes.count, elsewhere.count, later.count,
        ] where answers != count {
            throw PersistenceError(
                .answer, "entente.open_job gave \(answers) answers for \(count) images; run `entente migrate`")
        }
        return (0..<count).map { place in
            StandingImage(
                state: states[place].flatMap { .init(rawValue: $0) },
                result: digests[place].map { $0.isEmpty ? .ofImage : .ofGroup($0) } ?? .missing, label: labels[place],
                labelIndex: indexes[place].map(Int.init), sha256: hashes[place], isElsewhere: elsewhere[place],
                isLater: later[place])
        }
    }

    /// Notes whether a job that was begun runs alone now.
    ///
    /// - Returns: `false` when the partition has another owner by now.
    public func take(_ partition: PartitionKey, offset: Int64, epoch: Int64, alone: Bool) throws -> Bool {
        try connection.run(Self.take, partition.parameters + [.bigint(offset), .bigint(epoch), .bool(alone)]).bool(0, 0)
    }

    /// Notes how far a job is that runs alone.
    ///
    /// - Parameter steps: of the job since it runs alone; 0 once its first image is read.
    public func note(_ steps: Int, of partition: PartitionKey, offset: Int64, epoch: Int64) throws {
        try connection.run(
            Self.progress, partition.parameters + [.bigint(offset), .bigint(epoch), .int(Int32(clamping: steps))])
    }

    /// The suspects of a partition that was claimed, in order.
    public func suspects(of partition: PartitionKey) throws -> [Suspect] {
        let rows = try connection.run(Self.suspects, partition.parameters)
        return try (0..<rows.count).map { row in
            try Suspect(
                offset: rows.bigint(row, 0), crashes: Int(rows.int(row, 1)), attempts: Int(rows.int(row, 2)))
        }
    }

    /// Says that a partition is let go in order: what was in flight did not end by a crash.
    public func release(_ partition: PartitionKey, epoch: Int64) throws {
        try connection.run(Self.release, partition.parameters + [.bigint(epoch)])
    }
}
