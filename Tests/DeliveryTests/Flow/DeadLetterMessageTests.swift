import Foundation
import Testing

@testable import Delivery
@testable import Kafka
@testable import Persistence

@Suite struct DeadLetterMessageTests {
    private static func bytes(_ message: DeadLetterMessage) -> Int {
        message.headers.reduce((message.key?.count ?? 0) + (message.value?.count ?? 0)) {
            $0 + $1.name.utf8.count + ($1.value?.count ?? 0)
        }
    }

    private static func text(_ message: DeadLetterMessage, _ header: String) -> String? {
        message.headers.last { $0.name == header }?.value.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whatever a message and its failures hold.
    private static let monster = StoredDeadLetter.example(
        DeadLetter(
            source: .init(topic: "t", partition: 3, offset: 9, group: "\(String(repeating: "g", count: 3000))"),
            key: Array(repeating: 1, count: 100_000), value: Array(repeating: 2, count: 600_000),
            headers: [.init(name: Array("origin".utf8), value: Array(repeating: 3, count: 50_000))],
            reason: String(repeating: "é", count: 40_000)),
        failures: (0..<256).map {
            .init(
                analysisID: "a", imageID: "\($0) \(String(repeating: "ü", count: 500))", kind: "not_found",
                message: String(repeating: "\u{1}\"", count: 5000), attempts: 1)
        })

    @Test func whatIsToldIsBounded() throws {
        let whole = DeadLetterMessage(Self.monster, .whole)
        #expect(Self.bytes(whole) < 750_000 + 20_000)
        let parts = try #require(Self.text(whole, "entente.dead-letter.failures"))
        let told = try #require(try JSONSerialization.jsonObject(with: Data(parts.utf8)) as? [[String: String]])
        let leftOut = try #require(Self.text(whole, "entente.dead-letter.failures-left-out").flatMap { Int($0) })
        #expect(told.count + leftOut == 256 && told.count > 3)
        #expect(told[2]["image"]?.hasPrefix("2 ü") == true && told[2]["kind"] == "not_found")

        let without = DeadLetterMessage(Self.monster, .withoutValue)
        #expect(without.value == nil && without.key != nil && Self.text(without, "origin") != nil)
        #expect(Self.text(without, "entente.dead-letter.value")?.contains("left out") == true)

        let bare = DeadLetterMessage(Self.monster, .bare)
        #expect(bare.value == nil && bare.key == nil && Self.text(bare, "origin") == nil)
        #expect(Self.bytes(bare) < 1300)
        #expect(Self.text(bare, "entente.dead-letter.failures") == "[]")
        #expect(Self.text(bare, "entente.dead-letter.offset") == "9")
    }

    @Test func anOrdinaryLetterIsWhole() {
        let letter = DeadLetter(
            source: .init(topic: "t", partition: 0, offset: 1, group: "entente"), key: [1], value: [2],
            reason: "it is bad")
        let message = DeadLetterMessage(
            .example(
                letter, failures: [.init(analysisID: "a", imageID: "x", kind: "k", message: "it is bad", attempts: 1)]),
            .whole)
        #expect(message.key == [1] && message.value == [2])
        #expect(
            message.headers.map(\.name).map { $0.replacing("entente.dead-letter.", with: "") } == [
                "id", "reason", "failures", "topic", "partition", "offset",
            ])
        #expect(Self.text(message, "entente.dead-letter.id") == "t/0/1")
        #expect(
            Self.text(message, "entente.dead-letter.failures") == #"[{"image":"x","kind":"k","message":"it is bad"}]"#)
    }
}
