/// Dead letters on their way into the outbox.
enum DeadLetterColumns {
    /// One a source offset, the first.
    static func distinct(_ letters: [DeadLetter]) -> [DeadLetter] {
        var seen: Set<MessageSource> = []
        return letters.filter { seen.insert($0.source).inserted }.sorted { $0.id < $1.id }
    }

    private static let insert = Statement(
        "entente_write_dead_letters",
        """
        INSERT INTO entente.dead_letters (dead_letter_id, topic, partition, message_offset, message_timestamp,
            message_key, message_value, reason, header_names, header_values)
        SELECT u.id, u.topic, u.partition, u.message_offset, u.message_timestamp, u.message_key, u.message_value,
            u.reason, coalesce(($11::bytea[])[u.header_from:u.header_to], '{}'),
            coalesce(($12::bytea[])[u.header_from:u.header_to], '{}')
        FROM unnest($1::text[], $2::text[], $3::integer[], $4::bigint[], $5::bigint[], $6::bytea[], $7::bytea[],
            $8::text[], $9::integer[], $10::integer[])
            AS u (id, topic, partition, message_offset, message_timestamp, message_key, message_value, reason,
                header_from, header_to)
        ORDER BY u.id
        ON CONFLICT DO NOTHING
        """)

    static func call(_ letters: [DeadLetter]) -> Call {
        var from: [Int32] = []
        var to: [Int32] = []
        var headers: [DeadLetter.Header] = []
        for letter in letters {
            from.append(Int32(headers.count + 1))
            headers += letter.headers
            to.append(Int32(headers.count))
        }
        return Call(
            insert,
            [
                .texts(letters.map(\.id)), .texts(letters.map(\.source.topic)), .ints(letters.map(\.source.partition)),
                .bigints(letters.map(\.source.offset)), .bigints(letters.map(\.timestamp)),
                .byteStrings(letters.map(\.key)), .byteStrings(letters.map(\.value)),
                .texts(letters.map { StorableText.message($0.reason) }), .ints(from), .ints(to),
                .byteStrings(headers.map(\.name)), .byteStrings(headers.map(\.value)),
            ])
    }
}
