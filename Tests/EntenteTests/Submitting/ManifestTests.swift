import Inference
import Testbed
import Testing

@testable import Entente
@testable import Fetch

@Suite struct ManifestTests {
    private let scratch: ScratchFolder
    private static let sha = String(repeating: "ab", count: 32)

    init() throws { scratch = try ScratchFolder() }

    private func list(_ text: String, as name: String = "m.csv") throws -> [ListedImage] {
        try Manifest.list(scratch.write(text, to: name))
    }

    private func failure(_ text: String, as name: String = "m.csv") -> CommandFailure? {
        let failure = #expect(throws: CommandFailure.self, "\(text)") { try list(text, as: name) }
        #expect(failure?.exit == .badInput)
        return failure
    }

    private func uri(_ path: String) -> String { ImageFetcher.fileURI(ofPath: scratch(path)) }

    @Test func everyColumnOfCSV() throws {
        let images = try list(
            "Label , SHA256,other,id,uri\ntench,\(Self.sha),x,one,file:///a.jpg\n,,y,,https://host/b.jpg?x=1\n")
        try #require(images.count == 2)
        #expect(images[0].id == "one")
        #expect(images[0].uri == "file:///a.jpg")
        #expect(images[0].label == "tench")
        #expect(images[0].sha256 == Self.sha)
        #expect(images[0].origin == "\(scratch("m.csv")), row 1")
        #expect(images[1].id == "https://host/b.jpg")
        #expect(images[1].label == nil)
        #expect(images[1].sha256 == nil)
        #expect(images[1].origin.hasSuffix("row 2"))
    }

    @Test func quotesCommasAndLineBreaks() throws {
        let images = try list(
            "\u{feff}path,label\r\n\"a, b.jpg\",\"the \"\"big\"\" one\"\r\n c.jpg , d \r\n\"two\nlines.jpg\",\"\"\r\n\"x\",y\r\ny,\"z\""
        )
        #expect(images.map(\.id) == ["a, b.jpg", "c.jpg ", "two\nlines.jpg", "x", "y"])
        #expect(images.map(\.label) == ["the \"big\" one", "d ", nil, "y", "z"])
    }

    @Test func blankLinesAndShortRowsAreNoRows() throws {
        let images = try list("path,label\n\na.jpg\n,\nb.jpg,x\n\n")
        #expect(images.map(\.id) == ["a.jpg", "b.jpg"])
        #expect(images.map(\.label) == [nil, "x"])
    }

    @Test func jsonLines() throws {
        let images = try list(
            """
            {"path": "a.jpg", "label": "tench", "sha256": "\(Self.sha)", "size": 12}

            {"uri": "data:,x", "id": "two", "label": null}\r
            {"id": "three", "uri": "file:///c.jpg", "path": "ignored.jpg"}
            """, as: "m.jsonl")
        try #require(images.map(\.id) == ["a.jpg", "two", "three"])
        #expect(images.map(\.uri) == [uri("a.jpg"), "data:,x", "file:///c.jpg"])
        #expect(images.map(\.label) == ["tench", nil, nil])
        #expect(images[0].sha256 == Self.sha)
        // Blank lines count, so that an editor finds the place.
        #expect(images.map { $0.origin.split(separator: " ").last } == ["1", "3", "4"])
    }

    @Test func theKindIsToldByExtensionElseByTheFirstCharacter() throws {
        #expect(try list("\n {\"path\": \"a.jpg\"}\n", as: "list").map(\.id) == ["a.jpg"])
        #expect(try list("{\"path\": \"a.jpg\"}\n", as: "list.NDJSON").map(\.id) == ["a.jpg"])
        #expect(try list("path\na.jpg\n", as: "list.txt").map(\.id) == ["a.jpg"])
        #expect(failure("path\na.jpg\n", as: "m.jsonl")?.description.contains("m.jsonl:1: not JSON") == true)
    }

    @Test func pathsAreBelowTheManifestUnlessAbsolute() throws {
        let images = try list(
            "path\nx.jpg\n./sub/../y.jpg\n../z.jpg\n/abs/w.jpg\n100%25 #?;\u{e9}.jpg\n", as: "lists/m.csv")
        #expect(
            images.map(\.uri) == [
                uri("lists/x.jpg"), uri("lists/y.jpg"), uri("z.jpg"), "file:///abs/w.jpg",
                uri("lists/100%25 #?;\u{e9}.jpg"),
            ])
        // As given: what somebody wrote is what results are found by.
        #expect(images.map(\.id) == ["x.jpg", "./sub/../y.jpg", "../z.jpg", "/abs/w.jpg", "100%25 #?;\u{e9}.jpg"])
    }

    @Test func linesAndFieldsAreNamed() {
        let line = failure("{\"path\": \"a\"}\n{\"path\": 5}\n", as: "m.jsonl")
        #expect(line?.description.contains("m.jsonl:2: `path` has to be a string, not a number") == true)
        #expect(failure("{\"path\": \"a\"}\n[1]\n", as: "m.jsonl")?.description.contains("m.jsonl:2") == true)
        #expect(failure("{\"id\": \"a\"}\n", as: "m.jsonl")?.description.contains("line 1: neither `uri` nor") == true)
        #expect(failure("id,path\na,x\nb,\n")?.description.contains("row 2: neither `uri` nor `path`") == true)
        #expect(
            failure("uri\n\"data:,x\"\n")?.description.contains("row 1: an image given as data: needs an `id`") == true)
    }

    @Test func columnsAreNamed() {
        #expect(failure("file,label\na.jpg,x\n")?.description.contains("a column `uri` or `path`") == true)
        #expect(failure("a.jpg\nb.jpg\n")?.description.contains("header line") == true)
    }

    /// An unquoted comma would cut a name in two and analyse another file, or none.
    @Test func rowsWithMoreFieldsThanTheHeaderAreRefused() {
        let failure = failure("path,label\na.jpg,x\nb, c.jpg,y\n")
        #expect(failure?.description.contains("row 2 has more fields than the header") == true)
        #expect(failure?.description.contains("in quotes") == true)
    }

    @Test func quotesThatDoNotMatchAreRefused() {
        #expect(failure("path\na \"b\" c.jpg\n")?.description.contains("not CSV") == true)
        #expect(failure("path,label\na.jpg,\"x\nb.jpg,y\nc.jpg,z\n")?.description.contains("closing quote") == true)
    }

    @Test(arguments: ["path\na.jpg\nb.jpg\na.jpg\n", "id,path\nx,a.jpg\nx,b.jpg\n"]) func idsAreUnique(text: String) {
        let failure = failure(text)
        #expect(failure?.description.contains("stands twice") == true)
        #expect(failure?.description.contains(text.hasPrefix("id") ? "row 2" : "row 3") == true)
    }

    /// Readers of results see ids, and so do logs, topics and reports.
    @Test(arguments: [
        ("https://me:Quoll@h.org/a.jpg", "https://h.org/a.jpg"),
        ("https://h.org/a.jpg?sig=Quoll#x", "https://h.org/a.jpg"),
        ("HTTPS://me:Quoll@h.org:8443/a@2x.jpg", nil), ("s3://bucket/k?Quoll", "s3://bucket/k"),
        ("http:me:Quoll@h/a", nil),
        ("https://me:Quoll/x@h.org/a.jpg", nil),
        ("file:///a%20b.jpg", "file:///a%20b.jpg"),
        ("https://h.org/a@2x.jpg", "https://h.org/a@2x.jpg"),
        ("https://h.org/é.jpg", "https://h.org/é.jpg"),
    ]) func idsOutOfURIsHoldNoSecrets(uri: String, id: String?) throws {
        let csv = "uri\n\"\(uri)\"\n"
        guard let id = id.map({ Identifier($0) }) else {
            let failure = failure(csv)
            let text = failure?.description ?? ""
            #expect(text.contains("needs an `id`") || text.contains("is no URL"), "\(text)")
            #expect(failure?.description.contains("Quoll") == false, "\(failure?.description ?? "")")
            return
        }
        let images = try list(csv)
        #expect(images.map(\.id) == [id] && images.map(\.uri) == [uri])
        #expect(try list("{\"uri\": \"\(uri)\"}\n", as: "m.jsonl").map(\.id) == [id])
        #expect(try list("id,uri\nown,\"\(uri)\"\n").map(\.id) == ["own"])
    }

    /// What no worker can ever fetch, in each kind of URI; nothing of what may be a secret is said.
    @Test(arguments: [
        ("img/1.jpg", "has no scheme"), ("img/1.jpg", "a column or member `path`"),
        (#"D:\\pics\\1.jpg"#, "path of Windows"),
        ("D:/pics/1.jpg", "path of Windows"), ("ftp://Quoll@h/a", "ftp: is not supported"), ("gs://b/k", "gs: is not"),
        ("file:///a%zz.jpg", "broken percent escape"), ("file://server/a.jpg", "no absolute path"),
        ("s3://b", "names no bucket"), ("s3://bucket/", "names no object"), ("http://", "is no URL"),
        ("https://h:x/a.jpg", "is no URL"), ("data:image/png", "no comma"), ("data:;base64,A", "not base64"),
    ]) func whatCanNeverBeFetchedIsRefused(uri: String, says: String) {
        let text = failure("{\"id\": \"x\", \"uri\": \"\(uri)\"}\n", as: "m.jsonl")?.description ?? ""
        #expect(text.contains("m.jsonl, line 1: ") && text.contains(says), "\(text)")
        #expect(!text.contains("Quoll"))
    }

    @Test(arguments: [#"C:\data\1.jpg"#, "c:/data/1.jpg", #"\\server\share\1.jpg"#])
    func pathsOfWindowsAreNamed(path: String) {
        let text = failure("path\n\"\(path)\"\n")?.description ?? ""
        #expect(text.contains("row 1") && (text.contains("path of Windows") || text.contains("holds a URI")), "\(text)")
    }

    @Test func idsOutOfURIsHaveToBeUnique() throws {
        let failure = failure("uri\nhttps://h.org/a?n=1\nhttps://h.org/a?n=2\n")
        #expect(
            failure?.description.contains("row 2") == true
                && failure?.description.contains("give these images an `id`") == true)
        #expect(self.failure("uri\n\"DATA:;base64,AAAA\"\n")?.description.contains("needs an `id`") == true)
    }

    /// As a path, its whole would be the id.
    @Test(arguments: [
        "https://me:Quoll@h.org/a.jpg", "s3:/\u{301}/b/k?Quoll", "data:,Quoll", "DATA:,Quoll",
        "https:\u{301}//me:Quoll@h",
    ])
    func URIsAreNoPaths(path: String) throws {
        for csv in ["path\n\"\(path)\"\n", "uri,path\nhttps://h.org/x,\"\(path)\"\n"] {
            let failure = failure(csv)
            #expect(failure?.description.contains("`path`") == true && failure?.description.contains("Quoll") == false)
        }
    }

    /// Files are told apart by bytes.
    @Test func spellingsOfALetterAreTwoIDs() throws {
        #expect(try list("path\n\u{e9}.jpg\ne\u{301}.jpg\n").count == 2)
    }

    @Test(arguments: ["", "path\n", "\n\n"]) func emptyLists(text: String) {
        #expect(failure(text)?.description.contains(scratch("m.csv")) == true)
    }

    @Test func filesThatCannotBeRead() throws {
        let missing = #expect(throws: CommandFailure.self) { try Manifest.list("/nowhere/m.csv") }
        #expect(missing?.description == "/nowhere/m.csv can't be read.")
        let path = try scratch.write(Array("path\ncaf".utf8) + [0xE9], to: "latin.csv")
        let latin = #expect(throws: CommandFailure.self) { try Manifest.list(path) }
        #expect(latin?.description.contains("not UTF-8") == true)
    }
}
