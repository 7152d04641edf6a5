import Foundation
import Inference
import Kafka
import Persistence
import Settings

/// A dead letter as a message, in as much of it as the topic takes. The whole of it is in the database.
struct DeadLetterMessage {
    enum Form: Int {
        /// The message as it came, with what was wrong in it.
        case whole
        case withoutValue
        /// What it is and why, in a few hundred bytes.
        case bare

        /// A smaller one, if there is any.
        var next: Form? { Form(rawValue: rawValue + 1) }
    }

    let key: [UInt8]?
    let value: [UInt8]?
    let headers: [KafkaHeader]

    /// Bytes of what is told of the reason and of all failures together, by form.
    private static let bounds: [Form: (reason: Int, failures: Int)] = [
        .whole: (2000, 16_384), .withoutValue: (1000, 1024), .bare: (200, 0),
    ]
    /// Bytes of an image's id and of a failure's message.
    private static let (idBytes, messageBytes) = (200, 300)

    init(_ stored: StoredDeadLetter, _ form: Form) {
        let letter = stored.letter
        let bounds = Self.bounds[form] ?? (0, 0)
        var headers: [KafkaHeader] = []
        if form != .bare {
            headers = letter.headers.map { KafkaHeader(String(decoding: $0.name, as: UTF8.self), $0.value) }
        }
        let (failures, leftOut) = Self.failures(stored.failures, within: bounds.failures)
        headers += [
            KafkaHeader("entente.dead-letter.id", withoutMiddle(letter.id, limit: 400)),
            KafkaHeader("entente.dead-letter.reason", withoutMiddle(letter.reason, limit: bounds.reason)),
            KafkaHeader("entente.dead-letter.failures", failures),
            KafkaHeader("entente.dead-letter.topic", letter.source.topic),
            KafkaHeader("entente.dead-letter.partition", String(letter.source.partition)),
            KafkaHeader("entente.dead-letter.offset", String(letter.source.offset)),
        ]
        if leftOut > 0 { headers.append(KafkaHeader("entente.dead-letter.failures-left-out", String(leftOut))) }
        if form != .whole {
            headers.append(KafkaHeader("entente.dead-letter.value", "left out: too large; see dead_letters"))
        }
        self.headers = headers
        key = form == .bare ? nil : letter.key
        value = form == .whole ? letter.value : nil
    }

    /// As many as fit, as JSON, and how many did not.
    private static func failures(
        _ failures: [StoredDeadLetter.Failure], within limit: Int
    ) -> (json: String, leftOut: Int) {
        struct Failure: Encodable {
            let image, kind, message: String
        }
        var entries: [String] = []
        var bytes = 2
        for failure in failures {
            // Strings alone: encoding has no way to fail.
            let entry = try! JSONEncoder.sorted(
                Failure(
                    image: withoutMiddle(failure.imageID.text, limit: idBytes), kind: failure.kind,
                    message: withoutMiddle(failure.message, limit: messageBytes)))
            bytes += entry.utf8.count + 1
            guard bytes <= limit else { break }
            entries.append(entry)
        }
        return ("[" + entries.joined(separator: ",") + "]", failures.count - entries.count)
    }
}
