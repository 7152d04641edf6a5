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

    private static let insert = Statement(
        "entente_write_dead_letters",
        """
        INSERT INTO entente.dead_letters (\(columns.names)) SELECT \(columns.values) FROM \(columns.source)
        ORDER BY u.dead_letter_id
        ON CONFLICT DO NOTHING
        """)

    static func call(_ letters: [DeadLetter]) -> Call { Call(insert, columns.parameters(letters)) }
}
