/// Images and jobs that can never succeed, the latest first.
struct FailuresPage {
    let request: PageRequest

    func read(_ reader: Reader) throws -> Page {
        let analysis = request.query["analysis"]
        let before = request.query["before"]
        let rows = try reader.rows(
            "failures",
            """
            SELECT to_char(failed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS failed_at, analysis_id, name, image_id,
                kind, message, attempts, worker, topic, partition, message_offset, dead_letter_id, published
            FROM entente.failures
            WHERE ($1::text IS NULL OR analysis_id = $1)
                AND ($2::text IS NULL OR failed_at <= $2::text::timestamptz)
                AND ($2::text IS NULL OR (failed_at, topic, partition, message_offset, image_id)
                    < ($2::text::timestamptz, $3, $4::text::int, $5::text::bigint, $6))
            ORDER BY failed_at DESC, topic DESC, partition DESC, message_offset DESC, image_id DESC
            LIMIT \(PageRequest.length + 1)
            """,
            [.optionalText(analysis), .optionalText(before)]
                + (before == nil ? [.text(""), .text("0"), .text("0"), .text("")] : try place()))
        var page = Page(
            kind: "failures", title: "Failures", content: ["analysis_id": Node(analysis)], table: "failures")
        page.content["failures"] = .list(
            rows.prefix(PageRequest.length).map { row in
                var row = row
                if let id = row.text("analysis_id"), let image = row.text("image_id"), !image.isEmpty, !id.isEmpty,
                    row.text("name") != nil
                {
                    row["href"] = .text(ExplorerRoute.picture(PictureName(analysis: id, image: image)).path)
                }
                row["is_whole_job"] = .flag(row.text("image_id") == "")
                row["is_unlinked"] = .flag(row["href"] == .absent && row.text("image_id") != "")
                return .record(row)
            })
        if rows.count > PageRequest.length {
            let last = rows[PageRequest.length - 1]
            page.content["next"] = .text(
                request.href([
                    "before": last.text("failed_at"), "topic": last.text("topic"),
                    "partition": last.count("partition").map { "\($0)" },
                    "offset": last.count("message_offset").map { "\($0)" }, "image": last.text("image_id"),
                ]))
        }
        return page
    }

    /// Behind which row the list goes on.
    ///
    /// - Throws: ``ExplorerProblem`` for numbers that are none.
    private func place() throws -> [Value] {
        let (partition, offset) = (request.query["partition"] ?? "0", request.query["offset"] ?? "0")
        guard Int32(partition) != nil, Int64(offset) != nil, Self.isTime(request.query["before"] ?? "") else {
            throw ExplorerProblem(.badRequest, "before, partition and offset have to be as a page's own link has them.")
        }
        return [
            .text(request.query["topic"] ?? ""), .text(partition), .text(offset), .text(request.query["image"] ?? ""),
        ]
    }

    private static func isTime(_ text: String) -> Bool {
        text.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/#) != nil
    }
}
