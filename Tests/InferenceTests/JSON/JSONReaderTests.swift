import Foundation
import Testing

@testable import Inference

@Suite struct JSONReaderTests {
    private func read(_ text: String) throws -> JSONValue { try JSONReader.read(Array(text.utf8)) }

    /// Plain text of a value, to compare by.
    private func shape(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .number(let digits): digits
        case .string(let text): "'\(text)'"
        case .array(let elements): "[" + elements.map(shape).joined(separator: " ") + "]"
        case .object(let members): "{" + members.map { "\($0.name):\(shape($0.value))" }.joined(separator: " ") + "}"
        }
    }

    @Test(arguments: [
        ("null", "null"), (" true\n", "true"), ("\t-0.0e+12 \r", "-0.0e+12"), ("1e999999", "1e999999"),
        ("123456789012345678901234567890", "123456789012345678901234567890"), ("[]", "[]"), ("{ }", "{}"),
        (#"[1, [2,{}] ,"a"]"#, "[1 [2 {}] 'a']"), (#"{"b":1,"a":{"b":[null]}}"#, "{b:1 a:{b:[null]}}"),
        (#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00""#, "'\"\\/\u{8}\u{C}\n\r\té😀'"), (#""\u0000""#, "'\0'"),
        (#""é😀\u2028""#, "'é😀\u{2028}'"), (#"{"é":1,"e\u0301":2}"#, "{é:1 e\u{301}:2}"),
    ]) func whatIsJSON(text: String, expected: String) throws {
        #expect(Array(shape(try read(text)).utf8) == Array(expected.utf8))
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "True", "NaN", "Infinity", "-Infinity", "-", "+1", "01", "-01", "1.", ".5", "1e",
        "1e+",
        "0x10", "1_000", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "{]", "{\"a\"", "{\"a\":", "{\"a\":1",
        "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\" 1}", "{1:1}", "\"", "\"\\\"", "\"\\x41\"", "\"\\u12\"",
        "\"\\u12G4\"", "\"\\u\"", "\"a\nb\"", "\"a\u{1}b\"", "// c\n1", "/**/1", "1 1", "{}{}",
        " \u{FEFF}{}", "{}\u{FEFF}", "\u{FEFF}", "\u{FEFF}\u{FEFF}1", "\u{A0}1",
        #""\ud800""#, #""\ud800x""#, #""\ud800\n""#, #""\udc00""#, #""\ud800\ud800""#, #""\ud800\u0041""#, "\"\\u00é\"",
    ]) func whatIsNot(text: String) {
        #expect(throws: JSONReader.Fault.self) { try read(text) }
    }

    @Test(
        arguments: [
            [0xFF], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF8, 0x88, 0x80, 0x80, 0x80, 0x22], [0xFF, 0xFE, 0x7B, 0x00],
        ] as [[UInt8]]) func whatIsNotUTF8(bytes: [UInt8])
    {
        let fault = #expect(throws: JSONReader.Fault.self) { try JSONReader.read(bytes) }
        #expect(fault?.reason == "it is not UTF-8")
    }

    @Test func aByteOrderMarkBeforeAllIsPassedOver() throws {
        #expect(shape(try read("\u{FEFF}[1]")) == "[1]")
        #expect(shape(try read("\u{FEFF} {\"\u{FEFF}a\": 2}\n")) == "{\u{FEFF}a:2}")
        // Places are the file's.
        let fault = #expect(throws: JSONReader.Fault.self) { try read("\u{FEFF}[1") }
        #expect(fault?.reason.hasSuffix("at byte 5") == true)
    }

    @Test func namesOccurOnce() throws {
        for text in [#"{"a":1,"a":1}"#, #"[{"x":{"a":1,"b":2,"\u0061":3}}]"#] {
            let fault = #expect(throws: JSONReader.Fault.self) { try read(text) }
            #expect(fault?.kind == .duplicateName)
            #expect(fault?.reason.contains("“a”") == true)
        }
    }

    @Test func faultsSayWhere() {
        let fault = #expect(throws: JSONReader.Fault.self) { try read(#"{"a": [1, 2,, 3]}"#) }
        #expect(fault?.reason == "a value is missing at byte 12")
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":"]) func nestingEndsBeforeTheStackDoes(opening: String) throws {
        let bytes = Array(String(repeating: opening, count: 1_000_000).utf8)
        let fault = #expect(throws: JSONReader.Fault.self) { try JSONReader.read(bytes) }
        #expect(fault?.reason.contains("deeper than 64") == true)
    }

    @Test func nestingUpToTheLimitIsRead() throws {
        let text = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(shape(try read(text)) == text)
        #expect(throws: JSONReader.Fault.self) { try read("[" + text + "]") }
    }

    /// Foundation's reader as the oracle: what we accept, it accepts, and what it writes, we read.
    @Test(arguments: 0..<50) func agreesWithFoundation(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let tree = randomTree(&random, depth: 5)
        let written = try JSONSerialization.data(withJSONObject: ["root": tree], options: [])
        _ = try JSONReader.read(Array(written))
        for _ in 0..<200 {
            var bytes = Array(written)
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(Array("{}[],:\"\\0e-u".utf8).randomElement(using: &random) ?? 0, at: place)
                }
            }
            guard let ours = try? JSONReader.read(bytes) else { continue }
            // Numbers beyond a double are JSON for us alone.
            if String(decoding: bytes, as: UTF8.self).contains(where: { $0 == "e" || $0 == "E" }) { continue }
            #expect(
                throws: Never.self, "\(String(decoding: bytes, as: UTF8.self)) as \(shape(ours))"
            ) { try JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed]) }
        }
    }

    private func randomTree(_ random: inout SeededGenerator, depth: Int) -> Any {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
        case 0: return NSNull()
        case 1: return Bool.random(using: &random)
        case 2: return Int.random(in: -1000...1_000_000, using: &random)
        case 3: return Double.random(in: -2...2, using: &random)
        case 4: return String((0..<4).compactMap { _ in "aé😀\"\\\n\u{1}/".randomElement(using: &random) })
        case 5: return (0..<3).map { _ in randomTree(&random, depth: depth - 1) }
        default:
            return Dictionary(
                (0..<3).map { ("k\($0)", randomTree(&random, depth: depth - 1)) }, uniquingKeysWith: { $1 })
        }
    }
}
