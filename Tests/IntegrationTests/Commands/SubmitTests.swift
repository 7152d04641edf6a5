import Foundation
import Persistence
import Testbed
import Testing

@Suite struct SubmitTests {
    /// What `submit --dry-run --json` prints.
    struct Estimate: Decodable {
        let analysis: String
        let submission: String?
        let jobs: Int
        let images: Int
        let labelled: Int
        let estimatedSeconds: Int
        let passedOver: [PassedOver]

        struct PassedOver: Decodable, Equatable {
            let kind: String
            let of: String?
            let count: Int
            let example: String
        }

        enum CodingKeys: String, CodingKey {
            case analysis, submission, jobs, images, labelled
            case estimatedSeconds = "estimated_seconds"
            case passedOver = "passed_over"
        }
    }

    private static func dryRun(
        _ arguments: [String], _ scratch: ScratchFolder, input: String? = nil
    ) throws -> ProgramEnd {
        try Product.run(
            ["submit", "--analysis", DrawnWorld.analysis, "--dry-run", "--json"] + arguments, in: scratch,
            input: input)
    }

    private static func estimate(
        _ arguments: [String], _ scratch: ScratchFolder, input: String? = nil
    ) throws -> Estimate {
        let end = try dryRun(arguments, scratch, input: input)
        try #require(end.status == 0, "\(end)")
        #expect(end.output.hasSuffix("}\n") && end.output.split(separator: "\n").count == 1)
        return try JSONDecoder().decode(Estimate.self, from: Data(end.output.utf8))
    }

    @Test func aDryRunCountsAndSendsNothing() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            // No broker and no database are named, so that nothing could be sent.
            let ids = DrawnWorld.ids(perClass: 2, classes: 5)
            let root = try DrawnWorld.copy(ids, to: scratch)
            try scratch.write(DrawnWorld.bytes(ids[0]), to: "pictures/unlabelled.jpg")
            try scratch.write("no picture", to: "pictures/notes.txt")
            let plain = try Self.estimate(["--images", root, "--images-per-job", "4"], scratch)
            #expect(plain.images == 11 && plain.labelled == 10 && plain.jobs == 3 && plain.submission == nil)
            #expect(plain.analysis.count == 32 && plain.estimatedSeconds >= 1)
            #expect(
                plain.passedOver == [.init(kind: "no_picture", of: ".txt", count: 1, example: "notes.txt")],
                "\(plain.passedOver)")
            let grouped = try Self.estimate(
                ["--images", root, "--images-per-job", "4", "--group-by", "label"], scratch)
            #expect(grouped.images == 11 && grouped.jobs == 6, "one a class, and one for what has none")
            #expect(grouped.analysis == plain.analysis, "how pictures travel is no part of an analysis")
        }
    }

    @Test func manifestsComeAsTablesAsLinesAndOverAPipe() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let label = DrawnWorld.classes[0]
            let name = label.replacing("-", with: " ")
            let table = "id,path,label,remark\na,one.jpg,\(label),\"x, y\"\nb,two.jpg,\(name),\nc,/three.jpg,,\n"
            let lines =
                #"{"path": "one.jpg", "label": "\#(label)", "remark": 3}"# + "\n"
                + #"{"uri": "file:///two.jpg", "id": "b", "label": null}"# + "\n\n"
            let csv = try scratch.write(table, to: "list.csv")
            let jsonl = try scratch.write(lines, to: "list.jsonl")
            for (arguments, input) in [
                (["--manifest", csv], nil), (["--manifest", "-"], table), (["-"], table),
            ] as [([String], String?)] {
                let estimate = try Self.estimate(arguments, scratch, input: input)
                #expect(estimate.images == 3 && estimate.labelled == 2, "\(arguments)")
            }
            for (arguments, input) in [(["--manifest", jsonl], nil), (["-"], lines)] as [([String], String?)] {
                let estimate = try Self.estimate(arguments, scratch, input: input)
                #expect(estimate.images == 2 && estimate.labelled == 1, "\(arguments)")
            }
        }
    }

    /// What is wrong with a listing, and what the message has to name.
    static let refusals: [(name: String, text: String, status: Int32, named: [String])] = [
        (
            "labels.csv", "path,label\nx.jpg,gryphon\ny.jpg,sphinx\nz.jpg,gryphon\n", 65,
            ["“gryphon”", "row 1", "“sphinx”", "row 2"]
        ),
        ("twice.csv", "path\nx.jpg\nx.jpg\n", 65, ["row 2", "“x.jpg”", "twice"]),
        ("header.csv", "name,label\nx.jpg,\n", 65, ["uri", "path", "header"]),
        ("nothing.csv", "path,label\n", 65, ["no images"]),
        ("empty.csv", "", 65, ["header"]),
        ("neither.jsonl", #"{"id": "x"}"#, 65, ["line 1", "uri", "path"]),
        ("number.jsonl", #"{"path": "x.jpg"}"# + "\n" + #"{"path": 3}"#, 65, ["number.jsonl:2", "`path`", "a number"]),
        ("broken.jsonl", #"{"path": "x.jpg"}"# + "\n" + #"{"path": "#, 65, ["broken.jsonl:2", "not JSON"]),
        ("array.jsonl", "[1]", 65, ["array.jsonl", "one JSON array"]),
        ("inline.jsonl", #"{"uri": "data:,x"}"#, 65, ["line 1", "`id`"]),
        (
            "hash.jsonl", #"{"path": "x.jpg", "sha256": "abc"}"#, 65,
            ["line 1", "sha256", "abc"]
        ),
    ]

    @Test func whatIsWrongWithAListingIsNamed() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            for refusal in Self.refusals {
                let file = try scratch.write(refusal.text, to: refusal.name)
                let end = try Self.dryRun(["--manifest", file], scratch)
                #expect(end.status == refusal.status, "\(end)")
                #expect(end.output.isEmpty, "\(end)")
                for name in refusal.named { #expect(end.errors.contains(name), "\(end)") }
            }
            let missing = try Self.dryRun(["--manifest", scratch.path + "/nowhere.csv"], scratch)
            #expect(missing.status == 65 && missing.errors.contains("nowhere.csv"), "\(missing)")
            let folder = try Self.dryRun(["--images", scratch.path + "/nowhere"], scratch)
            #expect(folder.status == 65 && folder.errors.contains("/nowhere does not exist"), "\(folder)")
            let bare = try Self.dryRun(["--images", scratch.path], scratch)
            #expect(bare.status == 65 && bare.errors.contains("no pictures"), "\(bare)")
            try scratch.write(DrawnWorld.bytes(DrawnWorld.ids(perClass: 1)[0]), to: "zoo/gryphon/1.jpg")
            let stray = try Self.dryRun(["--images", scratch.path + "/zoo"], scratch)
            #expect(stray.status == 65 && stray.errors.contains("“gryphon” (the folder gryphon)"), "\(stray)")
        }
    }

    @Test func misuseIsAUsageError() async throws {
        try await onOwnThread {
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            for arguments in [
                [], ["--images", ".", "--manifest", "x.csv"], ["--images", ".", "-"], ["list.csv"],
                ["--images", ".", "--images-per-job", "0"], ["--images", ".", "--images-per-job", "257"],
                ["--images", ".", "--group-by", "colour"], ["--images", ".", "--colour"],
            ] {
                let end = try Self.dryRun(arguments, scratch)
                #expect(end.status == 64, "\(end)")
                #expect(end.output.isEmpty && !end.errors.isEmpty, "\(end)")
            }
            let unset = try Product.run(
                ["submit", "--analysis", DrawnWorld.analysis, "--images", DrawnWorld.folder + "/heldout"], in: scratch)
            #expect(unset.status == 64 && unset.errors.contains("ENTENTE_POSTGRES_URI"), "\(unset)")
        }
    }

    /// What a submission leaves behind before any worker has seen it.
    @Test func submittedImagesAreExpected() async throws {
        try await onOwnThread {
            let site = try Site()
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 2, classes: 6)
            _ = try DrawnWorld.copy(ids, to: site.scratch)
            let end = try site.entente(
                [
                    "submit", "--analysis", DrawnWorld.analysis, "--images", site.root, "--group-by", "label",
                    "--images-per-job", "50", "--json",
                ])
            try #require(end.status == 0, "\(end)")
            let keys = try #require(try JSONSerialization.jsonObject(with: Data(end.output.utf8)) as? [String: Any])
                .keys
            #expect(keys.sorted() == ["analysis", "images", "jobs", "passed_over", "submission"])
            let submitted = try JSONDecoder().decode(Site.Submitted.self, from: Data(end.output.utf8))
            #expect(submitted.images == 12 && submitted.jobs == 6)
            let everything = Standing(expected: 12, done: 0, failed: 0, pending: 12)
            #expect(try site.status(submitted.analysis) == everything)
            #expect(try site.status("demo") == everything, "by name")
            #expect(try site.status(String(submitted.analysis.prefix(8))) == everything, "by the beginning of the id")

            let connection = try site.connect()
            #expect(
                try connection.strings("SELECT image_id FROM entente.images WHERE label = group_name ORDER BY 1") == ids
            )
            let text = try site.entente([
                "submit", "--analysis", DrawnWorld.analysis, "--images", site.root, "--images-per-job", "5",
            ])
            #expect(text.status == 0 && text.output.contains("12 images in 3 jobs"), "\(text)")
            #expect(try site.status("demo") == everything, "the same images are not expected twice")
            let rows = try connection.query(
                "SELECT images, jobs, jobs_produced, finished_at IS NOT NULL FROM entente.submissions ORDER BY sequence"
            )
            #expect(try rows.count == 2 && rows.bigint(1, 0) == 12 && rows.bigint(1, 1) == 3 && rows.bigint(1, 2) == 3)
            #expect(try rows.bool(0, 3) && rows.bool(1, 3))
            try site.expectRollupsTrue()

            try Self.expectInlinePicturesKeptOnRequest(site, connection)
            try Self.expectNothingAnnouncedWithoutBroker(site, connection)
        }
    }

    private static func expectInlinePicturesKeptOnRequest(_ site: Site, _ connection: Connection) throws {
        for (id, arguments, kept) in [
            ("dropped", [], "data:"), ("kept", ["--keep-data"], "data:image/jpeg;base64,AAAA"),
        ] as [(String, [String], String)] {
            let line = #"{"id": "\#(id)", "uri": "data:image/jpeg;base64,AAAA"}"#
            let end = try site.entente(
                ["submit", "--analysis", DrawnWorld.analysis, "-"] + arguments, input: line + "\n")
            #expect(end.status == 0, "\(end)")
            #expect(try connection.strings("SELECT uri FROM entente.images WHERE image_id = '\(id)'") == [kept])
        }
    }

    private static func expectNothingAnnouncedWithoutBroker(_ site: Site, _ connection: Connection) throws {
        func announced() throws -> Int {
            try connection.number("SELECT (SELECT count(*) FROM entente.submissions) + count(*) FROM entente.images")
        }
        let before = try announced()
        let end = try site.entente(
            ["submit", "--analysis", DrawnWorld.analysis, "-"],
            environment: ["ENTENTE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"], input: "path\nnew.jpg\n")
        #expect(end.status == 69 && end.output.isEmpty, "\(end)")
        #expect(try announced() == before)
    }
}
