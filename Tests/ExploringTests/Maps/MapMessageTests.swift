import Concepts
import Inference
import Testing

@testable import Exploring

struct MapMessageTests {
    static let model = Analysis.ModelFingerprint(weights: "a", configuration: "b", tokenizer: "c", textRevision: 3)

    /// Reads from bytes, and ends where they do.
    private static func read(_ bytes: [UInt8], limit: Int = 1 << 20) throws -> MapMessage {
        var rest = bytes[...]
        return try MapMessage(limit: limit) { count in
            guard rest.count >= count else { throw MapMessage.Unreadable() }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
    }

    @Test(arguments: HostileTexts.all + ["", "é", "e\u{301}"]) func requestsArriveAsTheyWereSent(_ text: String) throws
    {
        for (fit, dense) in [(ImageFit.squash, nil), (.official, DenseMethod.scClip)] {
            let request = TextMapRequest(model: Self.model, fit: fit, dense: dense, text: text)
            let message = try MapMessage(request, payload: [0, 255, 7])
            let arrived = try Self.read(message.bytes)
            #expect(arrived == message && arrived.payload == [0, 255, 7])
            let read = try arrived.decoded(TextMapRequest.self)
            #expect(read.text.utf8.elementsEqual(text.utf8) && read.fit == fit && read.dense == dense)
            #expect(read.model == Self.model)
        }
    }

    @Test func nothingIsReadThatIsLongerThanItMayBe() throws {
        let message = MapMessage(head: [1, 2], payload: [3, 4, 5])
        #expect(throws: MapMessage.Unreadable.self) { try Self.read(message.bytes, limit: 2) }
        for place in [3, 7, 11, 15] {
            var bytes = message.bytes
            bytes[place] = 255
            #expect(throws: MapMessage.Unreadable.self) { try Self.read(bytes) }
        }
        for count in 0..<message.bytes.count {
            #expect(throws: MapMessage.Unreadable.self) { try Self.read(Array(message.bytes.prefix(count))) }
        }
    }

    @Test func mapsArriveBitForBit() throws {
        let map = TextMapTests.map()
        let arrived = try TextMapAnswer(Self.read(TextMapAnswer.map(map).message().bytes))
        guard case .map(let read) = arrived else {
            Issue.record("\(arrived)")
            return
        }
        #expect(read.head == map.head && read.presence.bitPattern == map.presence.bitPattern)
        #expect(read.similarity.map(\.bitPattern) == map.similarity.map(\.bitPattern))
        #expect(read.absolute.map(\.bitPattern) == map.absolute.map(\.bitPattern))
        let refusal = TextMapAnswer.refusal("No \"model\".\n")
        #expect(try TextMapAnswer(Self.read(refusal.message().bytes)) == refusal)
    }

    @Test func whatIsNoAnswerIsRefused() throws {
        let whole = try TextMapAnswer.map(TextMapTests.map()).message()
        for payload in [
            [], Array(whole.payload.dropLast(4)), Array(whole.payload.dropLast()), whole.payload + [0, 0, 0, 0],
        ] {
            #expect(throws: MapMessage.Unreadable.self) {
                try TextMapAnswer(MapMessage(head: whole.head, payload: payload))
            }
        }
        for side in ["0", "-2", "2147483648", "4611686018427387904"] {
            let head = String(decoding: whole.head, as: UTF8.self).replacing("\"side\":2", with: "\"side\":\(side)")
            #expect(throws: MapMessage.Unreadable.self, "\(head)") {
                try TextMapAnswer(MapMessage(head: Array(head.utf8), payload: whole.payload))
            }
        }
        #expect(throws: MapMessage.Unreadable.self) {
            let nan: [UInt8] = [0, 0, 0xc0, 0x7f]
            _ = try TextMapAnswer(MapMessage(head: whole.head, payload: Array(whole.payload.dropLast(4)) + nan))
        }
        for head in ["", "{", "{}", "[]", "{\"map\":{}}"] {
            #expect(throws: (any Error).self) { try TextMapAnswer(MapMessage(head: Array(head.utf8), payload: [])) }
        }
    }
}
