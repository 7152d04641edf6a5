/// Failures as parallel arrays, one an image and source.
enum FailureColumns {
    private struct Key: Hashable {
        let source: MessageSource?
        let analysisID: String
        let imageID: String
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
            label: image.label.map(StorableText.message), sha256: image.sha256.map(StorableText.message),
            group: image.group.map(StorableText.message))
    }

    private static let insert = Statement(
        "entente_write_failures",
        """
        INSERT INTO entente.failed_images
            (topic, partition, message_offset, analysis_id, image_id, kind, message, attempts, worker, shard)
        SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::integer[], $9::text[], $10::smallint[])
        ORDER BY 1, 2, 3, 4, 5
        ON CONFLICT DO NOTHING
        """)

    static func call(_ failures: [FailedImage]) -> Call {
        Call(
            insert,
            [
                .texts(failures.map { $0.source?.topic ?? "" }),
                .ints(failures.map { $0.source?.partition ?? -1 }),
                .bigints(failures.map { $0.source?.offset ?? -1 }),
                .texts(failures.map { $0.analysisID ?? "" }),
                .texts(failures.map { $0.image?.id ?? "" }),
                .texts(failures.map { StorableText.message($0.kind) }),
                .texts(failures.map { StorableText.message($0.message) }),
                .ints(failures.map { Int32(clamping: max(1, $0.attempts)) }),
                .texts(failures.map { StorableText.message($0.worker) }),
                .smallints(failures.map { Int16(clamping: $0.shard) }),
            ])
    }
}
