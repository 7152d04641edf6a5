import Foundation

@testable import Jobs

/// Messages and what becomes of them; decoder and schema have to agree on all.
enum JobExamples {
    static let analysis = "0123456789abcdef0123456789abcdef"
    static let sha256 = String(repeating: "aB3", count: 21) + "f"

    /// An object of the fields of the smallest job, some of them set to other JSON texts or, by `nil`, taken out.
    static func job(_ changes: [String: String?] = [:]) -> String {
        var fields: [String: String?] = [
            "schema": "\"entente.image-job/v1\"", "analysis": "\"\(analysis)\"", "images": "[\(image())]",
        ]
        fields.merge(changes) { $1 }
        return object(fields)
    }

    static func image(_ changes: [String: String?] = [:]) -> String {
        var fields: [String: String?] = ["id": "\"a\"", "uri": "\"file:///a\""]
        fields.merge(changes) { $1 }
        return object(fields)
    }

    private static func object(_ fields: [String: String?]) -> String {
        let members = fields.sorted { $0.key < $1.key }.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
        return "{" + members.joined(separator: ",") + "}"
    }

    static func images(_ count: Int) -> String {
        "[" + (0..<count).map { image(["id": "\"\($0)\""]) }.joined(separator: ",") + "]"
    }

    static func name(_ length: Int, of character: String = "x") -> String {
        "\"" + String(repeating: character, count: length) + "\""
    }

    static let good: [String] = [
        job(), job(["schema": "\"entente.image-job/v1.0\""]), job(["schema": "\"entente.image-job/v1.27\""]),
        job(["submission": "\"s-1\"", "force": "true", "group": "\"tench\"", "later_field": "{\"a\":[1e999]}"]),
        job(["submission": "null", "force": "null", "group": "null"]), job(["force": "false"]),
        job(["images": images(256)]),
        job(["images": "[\(image(["label": "\"n01\"", "sha256": "\"\(sha256)\"", "x": "1"]))]"]),
        job(["images": "[\(image(["label": "null", "sha256": "null"]))]"]),
        job(["group": name(512)]), job(["group": name(512, of: "😀")]),
        job(["images": "[\(image(["uri": name(8192)]))]"]),
        job(["images": "[\(image(["uri": "\"DATA:,\(String(repeating: "x", count: 20000))\""]))]"]),
        job(["images": #"[{"id":"é","uri":"file:///a"},{"id":"e\u0301","uri":"file:///b"}]"#]),
        job(["images": #"[{"id":"a\\b \"c\" /d\u2028","uri":"data:image/png;base64,AA=="}]"#]),
    ]

    static let bad: [(text: String, kind: JobError.Kind, names: String)] = [
        ("[]", .notAnObject, "an array"), ("\"x\"", .notAnObject, "a string"), ("null", .notAnObject, "null"),
        (job(["schema": nil]), .missingField, "“schema”"), (job(["schema": "null"]), .missingField, "“schema”"),
        (job(["schema": "1"]), .badField, "“schema”"),
        (job(["schema": "\"entente.image-job/v2\""]), .unknownSchema, "entente.image-job/v2"),
        (job(["schema": "\"entente.image-job/v1x\""]), .unknownSchema, "v1x"),
        (job(["schema": "\"entente.image-job/v1.\""]), .unknownSchema, "v1."),
        (job(["schema": "\"entente.image-job/v1.01\""]), .unknownSchema, "v1.01"),
        (job(["schema": "\"entente.image-job/v1.1.1\""]), .unknownSchema, "v1.1.1"),
        (job(["schema": "\"entente.image-job/v10\""]), .unknownSchema, "v10"),
        (job(["schema": "\"\""]), .unknownSchema, "“”"),
        (job(["schema": "\"entente.image-job/v2\"", "analysis": "7"]), .unknownSchema, "v2"),
        (job(["analysis": nil]), .missingField, "“analysis”"), (job(["analysis": "[]"]), .badField, "“analysis”"),
        (job(["analysis": "\"\""]), .badField, "“analysis”"),
        (job(["analysis": "\"\(analysis.uppercased())\""]), .badField, "32 lower-case"),
        (job(["analysis": "\"\(analysis)0\""]), .badField, "“analysis”"),
        (job(["submission": "\"\""]), .badField, "“submission”"), (job(["submission": "4"]), .badField, "“submission”"),
        (job(["force": "1"]), .badField, "“force”"), (job(["force": "\"true\""]), .badField, "“force”"),
        (job(["group": name(513)]), .badField, "“group”"), (job(["group": "\"a\\u0000b\""]), .badField, "a\\0b"),
        (job(["group": "\"a\\u0085b\""]), .badField, "“group”"), (job(["group": "{}"]), .badField, "“group”"),
        (job(["images": nil]), .missingField, "“images”"), (job(["images": "null"]), .missingField, "“images”"),
        (job(["images": "{}"]), .badField, "“images”"), (job(["images": "[]"]), .noImages, "“images”"),
        (job(["images": images(257)]), .tooManyImages, "257"),
        (job(["images": "[\(image()), 5]"]), .badField, "“images[1]”"),
        (job(["images": "[\(image(["id": nil]))]"]), .missingField, "“images[0].id”"),
        (job(["images": "[\(image(["id": "\"\""]))]"]), .badField, "“images[0].id”"),
        (job(["images": "[\(image(["id": "12"]))]"]), .badField, "“images[0].id”"),
        (job(["images": "[\(image(["id": name(513)]))]"]), .badField, "longer than 512"),
        (job(["images": "[\(image(["id": "\"a\\n\""]))]"]), .badField, "a\\n"),
        (job(["images": "[\(image()),\(image(["id": "\"b\"", "uri": nil]))]"]), .missingField, "“images[1].uri”"),
        (job(["images": "[\(image(["uri": "false"]))]"]), .badField, "“images[0].uri”"),
        (job(["images": "[\(image(["uri": "\"\\u0007\""]))]"]), .badField, "“images[0].uri”"),
        (job(["images": "[\(image(["uri": name(8193)]))]"]), .badField, "8193 bytes"),
        (job(["images": "[\(image(["uri": name(8193, of: "é")]))]"]), .badField, "“images[0].uri”"),
        (job(["images": "[\(image(["label": "3"]))]"]), .badField, "“images[0].label”"),
        (job(["images": "[\(image(["label": "\"\""]))]"]), .badField, "“images[0].label”"),
        (job(["images": "[\(image(["sha256": "\"abc\""]))]"]), .badField, "“images[0].sha256”"),
        (job(["images": "[\(image(["sha256": "\"\(String(repeating: "g", count: 64))\""]))]"]), .badField, "64 hex"),
    ]

    /// What a schema can't say.
    static let badBeyondTheSchema: [(text: String, kind: JobError.Kind, names: String)] = [
        ("", .notJSON, "byte 0"), ("{", .notJSON, "byte 1"), ("<html>", .notJSON, "byte 0"),
        (job() + "x", .notJSON, "after the end"), (job(["x": "NaN"]), .notJSON, "byte"),
        (job(["x": #""\ud800""#]), .notJSON, "surrogate"),
        (job(["x": String(repeating: "[", count: 100_000)]), .notJSON, "64"),
        (#"{"schema":"entente.image-job/v1","schema":"entente.image-job/v1"}"#, .duplicateField, "“schema”"),
        (job(["images": "[\(image()),\(image(["id": "\"b\""])),\(image())]"]), .duplicateImage, "“a”"),
        (job(["images": "[\(image()),\(image(["uri": "\"file:///other\""]))]"]), .duplicateImage, "“a”"),
        // It counts characters, and the limit is one of bytes.
        (job(["images": "[\(image(["uri": name(4097, of: "é")]))]"]), .badField, "8194 bytes"),
    ]
}
