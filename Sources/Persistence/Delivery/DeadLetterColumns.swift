/// Dead letters on their way into the outbox.
enum DeadLetterColumns {
    /// One a source offset, the first.
    static func distinct(_ letters: [DeadLetter]) -> [DeadLetter] {
        var seen: Set<MessageSource> = []
        return letters.filter { seen.insert($0.source).inserted }.sorted { $0.id < $1.id }
    }

    private static let columns = Columns<DeadLetter>([
        Column("dead_letter_id", \.id),
        Column("topic", \.source.topic),
        Column("partition", \.source.partition),
        Column("message_offset", \.source.offset),
        Column("consumer_group", \.source.group),
        Column("message_timestamp", \.timestamp),
        Column("message_key", \.key),
        Column("message_value", \.value),
        Column("reason") { StorableText.message($0.reason) },
        Column(list: "header_names") { $0.headers.map(\.name) },
        Column(list: "header_values") { $0.headers.map(\.value) },
    ])

    /// The same message again is no news; another one at its place, in a topic made anew, takes that of the earlier one.
    private static let insert = Statement(
        "entente_write_dead_letters",
        """
        INSERT INTO entente.dead_letters AS d (\(columns.names)) SELECT \(columns.values) FROM \(columns.source)
        ORDER BY u.dead_letter_id
        ON CONFLICT (dead_letter_id) DO UPDATE
        SET message_timestamp = excluded.message_timestamp, message_key = excluded.message_key,
            message_value = excluded.message_value, header_names = excluded.header_names,
            header_values = excluded.header_values, reason = excluded.reason, published = false,
            published_at = NULL, withheld = NULL, written_at = now()
        WHERE (d.message_timestamp, d.message_key, d.message_value)
            IS DISTINCT FROM (excluded.message_timestamp, excluded.message_key, excluded.message_value)
        """)

    static func call(_ letters: [DeadLetter]) -> Call { Call(insert, columns.parameters(letters)) }
}
