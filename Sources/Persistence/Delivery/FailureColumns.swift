import Inference

/// Failures on their way into the table, one an image and source.
enum FailureColumns {
    private struct Key: Hashable {
        let source: MessageSource?
        let analysisID: String
        let imageID: Identifier
    }

    /// With text that can be stored, whatever it was; the first of several for one image and source.
    static func distinct(_ failures: [FailedImage]) -> [FailedImage] {
        var seen: Set<Key> = []
        return failures.compactMap { failure in
            var clean = failure
            clean.analysisID = failure.analysisID.map(StorableText.key)
            clean.image = failure.image.map(storable)
            clean.submissionID = failure.submissionID.map(StorableText.key)
            clean.shard = max(0, min(1023, failure.shard))
            let key = Key(
                source: clean.source, analysisID: clean.analysisID ?? "", imageID: clean.image?.id ?? "")
            return seen.insert(key).inserted ? clean : nil
        }
    }

    static func storable(_ image: ImageReference) -> ImageReference {
        ImageReference(
            id: StorableText.key(image.id), uri: StorableText.message(image.uri),
            label: image.label.map { Identifier(StorableText.message($0.text)) },
            sha256: image.sha256.map(StorableText.message),
            group: image.group.map { Identifier(StorableText.message($0.text)) })
    }

    private static let columns = Columns<FailedImage>([
        Column("topic") { $0.source?.topic ?? "" },
        Column("partition") { $0.source?.partition ?? -1 },
        Column("message_offset") { $0.source?.offset ?? -1 },
        Column("consumer_group") { $0.source?.group ?? "" },
        Column("analysis_id") { $0.analysisID ?? "" },
        Column("image_id") { $0.image?.id ?? "" },
        Column("kind") { StorableText.message($0.kind) },
        Column("message") { StorableText.message($0.message) },
        Column(integer: "attempts") { max(1, $0.attempts) },
        Column("worker") { StorableText.message($0.worker) },
        Column("shard") { Int16(clamping: $0.shard) },
    ])

    /// The same failure again is no news; another one at its place, in a topic made anew, takes that of the earlier one.
    private static let insert = Statement(
        "entente_write_failures",
        """
        INSERT INTO entente.failed_images AS f (\(columns.names)) SELECT \(columns.values) FROM \(columns.source)
        ORDER BY u.topic, u.partition, u.message_offset, u.analysis_id, u.image_id, u.consumer_group
        ON CONFLICT (topic, partition, message_offset, analysis_id, image_id, consumer_group) DO UPDATE
        SET kind = excluded.kind, message = excluded.message, attempts = excluded.attempts, worker = excluded.worker,
            shard = excluded.shard, failed_at = now()
        WHERE (f.kind, f.message) IS DISTINCT FROM (excluded.kind, excluded.message)
        """)

    static func call(_ failures: [FailedImage]) -> Call { Call(insert, columns.parameters(failures)) }
}
