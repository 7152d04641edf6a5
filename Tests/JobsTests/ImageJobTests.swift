import Testbed
import Testing

@testable import Jobs

@Suite struct ImageJobTests {
    private func decode(_ text: String) throws(JobError) -> ImageJob { try ImageJob(decoding: Array(text.utf8)) }

    @Test func everyFieldIsRead() throws {
        let job = try decode(
            """
            {"images": [{"label": "n01440764", "uri": "file:///data/x.JPEG", "id": "n01440764/x.JPEG",
              "sha256": "\(JobExamples.sha256)"}, {"id": "y", "uri": "data:,"}],
             "group": "n01440764", "force": true, "submission": "s", "analysis": "\(JobExamples.analysis)",
             "schema": "entente.image-job/v1"}
            """)
        #expect(job.analysis == JobExamples.analysis)
        #expect(job.submission == "s")
        #expect(job.force)
        #expect(job.group == "n01440764")
        #expect(job.key == "n01440764")
        #expect(job.images.count == 2)
        #expect(job.images[0].id == "n01440764/x.JPEG")
        #expect(job.images[0].uri == "file:///data/x.JPEG")
        #expect(job.images[0].label == "n01440764")
        #expect(job.images[0].sha256 == JobExamples.sha256.lowercased())
        #expect(job.images[1].label == nil)
        #expect(job.images[1].sha256 == nil)
    }

    @Test func absentFieldsHaveDefaults() throws {
        let job = try decode(JobExamples.job())
        #expect(job.submission == nil)
        #expect(!job.force)
        #expect(job.group == nil)
        #expect(job.key == "a")
    }

    @Test(arguments: JobExamples.good.indices) func goodOnesAreReadAndWrittenBack(index: Int) throws {
        let job = try decode(JobExamples.good[index])
        let bytes = job.encoded()
        #expect(try ImageJob(decoding: bytes) == job)
        #expect(try ImageJob(decoding: bytes).encoded() == bytes)
    }

    @Test(arguments: JobExamples.bad.indices) func badOnesSayWhy(index: Int) {
        let example = JobExamples.bad[index]
        let error = #expect(throws: JobError.self) { try decode(example.text) }
        #expect(error?.kind == example.kind, "\(error?.message ?? "")")
        #expect(error?.message.contains(example.names) == true, "\(error?.message ?? "")")
        #expect((error?.message.utf8.count ?? 0) < 500)
    }

    @Test(arguments: JobExamples.badBeyondTheSchema.indices) func evenWorseOnesSayWhy(index: Int) {
        let example = JobExamples.badBeyondTheSchema[index]
        let error = #expect(throws: JobError.self) { try decode(example.text) }
        #expect(error?.kind == example.kind, "\(error?.message ?? "")")
        #expect(error?.message.contains(example.names) == true, "\(error?.message ?? "")")
    }

    @Test func tombstoneAndGiantAreRefusedUnread() {
        #expect(throws: JobError(.tombstone, "the message has no value, so there is no job in it")) {
            try ImageJob(decoding: nil)
        }
        let error = #expect(throws: JobError.self) {
            try ImageJob(decoding: [UInt8](repeating: 0x20, count: ImageJob.maximumBytes + 1))
        }
        #expect(error?.kind == .jobTooLarge)
    }

    @Test func bytesAreStableAndSlashesPlain() throws {
        let job = try ImageJob(
            analysis: JobExamples.analysis, submission: "s \"1\"", group: "a\\b",
            images: [
                .init(id: "tench/é.jpg", uri: "file:///x/y.jpg", label: "tench", sha256: JobExamples.sha256),
                .init(id: "2", uri: "data:,"),
            ])
        #expect(
            String(decoding: job.encoded(), as: UTF8.self) == """
                {"schema":"entente.image-job/v1","analysis":"\(JobExamples.analysis)","submission":"s \\"1\\"",\
                "force":false,"group":"a\\\\b","images":[{"id":"tench/é.jpg","uri":"file:///x/y.jpg",\
                "label":"tench","sha256":"\(JobExamples.sha256.lowercased())"},{"id":"2","uri":"data:,"}]}
                """)
    }

    @Test func messagesKeepSecretsAndPayloadsToThemselves() {
        let uri = #"https://user:pass@host/p\u0001ath?token=geheim#frag"#
        let text = JobExamples.job(["images": "[\(JobExamples.image(["uri": "\"\(uri)\""]))]"])
        let error = #expect(throws: JobError.self) { try decode(text) }
        #expect(error?.message.contains("host/p") == true)
        for secret in ["pass", "geheim", "frag"] { #expect(error?.message.contains(secret) == false) }
    }

    @Test(arguments: [
        ("file:///a/b.jpg", "file:///a/b.jpg"), ("https://h:8/p?q=1", "https://h:8/p"),
        ("https://u:p@h/x@y", "https://…@y"), ("https://u:p@w@h", "https://h"),
        // However many slashes: what connects takes the name and the password all the same.
        ("http:/u:p@h:8/x", "http://h:8/x"), ("http:///u:p@h/x", "http://h/x"), ("http:////u:p@h/x", "http://h/x"),
        ("http:u:p@h/x", "http://h/x"), ("http://u:p/q@h/x?y", "http://…@h/x"), ("http://u:p?q@h/x", "http://…"),
        ("s3://bucket/key#f", "s3://bucket/key"),
        ("data:image/png;base64,AAAA", "data:image/png;base64,…"), ("DATA:,x", "DATA:,…"), ("nonsense", "nonsense"),
        ("", ""), ("?", ""), ("a:", "a:"), ("a:b@c", "a:…@c"), ("//u@h", "//h"), ("http://", "http://"),
    ]) func urisAreShownWithoutSecrets(uri: String, shown: String) {
        #expect(redactedURI(uri) == shown)
    }

    /// Whoever writes to the topic decides how long it is; tables, topics and logs have to hold the message.
    @Test(arguments: ["http://h.org/", "s3://bucket/", "file:///", "", "x:", "datum:,", "http://u:pass@h.org/"])
    func longURIsAreRefusedInAShortSentence(beginning: String) throws {
        let long = beginning + String(repeating: "é", count: 500_000)
        let error = #expect(throws: JobError.self) { try ImageJob.Image(id: "a", uri: long) }
        #expect(error?.kind == .badField)
        #expect(error?.message.contains("\(long.utf8.count) bytes") == true && error?.message.contains("8192") == true)
        #expect((error?.message.utf8.count ?? .max) < 500 && error?.message.contains("pass") == false)
        let rest = 8192 - beginning.utf8.count
        #expect(throws: Never.self) {
            try ImageJob.Image(id: "a", uri: beginning + String(repeating: "x", count: rest))
        }
        #expect(throws: JobError.self) {
            try ImageJob.Image(id: "a", uri: beginning + String(repeating: "x", count: rest + 1))
        }
    }

    @Test(arguments: ["data:,", "DATA:image/png;base64,", "dAtA:"]) func picturesInURIsMayBeLong(beginning: String)
        throws
    {
        let uri = beginning + String(repeating: "x", count: 1 << 20)
        #expect(try ImageJob.Image(id: "a", uri: uri).uri == uri)
    }

    /// Damaged in any way, a message is read or refused; nothing else happens.
    @Test(arguments: 0..<40) func damageIsNoDanger(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let originals = JobExamples.good.filter { $0.utf8.count < 2000 }
        for _ in 0..<300 {
            var bytes = Array((originals.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(place...)
                case 2: bytes.remove(at: place)
                case 3: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
                default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                }
            }
            do {
                let job = try ImageJob(decoding: bytes)
                #expect(try ImageJob(decoding: job.encoded()) == job)
            } catch { #expect(!error.message.isEmpty) }
        }
    }
}
