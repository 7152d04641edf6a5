import Foundation
import Testbed
import Testing

@testable import Entente
@testable import Fetch
@testable import Inference

/// What a walk takes, what it passes over, and that nothing is lost between.
@Suite struct FolderWalkTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func listing() throws -> FolderListing { try ImageFolder.list(scratch("data")) }

    private func write(_ bytes: [UInt8], _ name: String) throws { try scratch.write(bytes, to: "data/" + name) }

    private static let heads: [(kind: String, bytes: [UInt8])] = [
        ("jpeg", [0xFF, 0xD8, 0xFF, 0xE0]), ("gif", Array("GIF89a".utf8)), ("tiff", [0x4D, 0x4D, 0, 0x2A]),
        ("webp", Array("RIFF\0\0\0\0WEBP".utf8)), ("avif", Array("\0\0\0\u{18}ftypavif".utf8)),
        ("png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
    ]

    /// A path whose names are bytes, below the folder `data`, with its folder.
    private func makeOdd(_ folder: [UInt8]?, _ name: [UInt8]) {
        var path = Array(scratch("data").utf8)
        if let folder {
            path += [0x2F] + folder
            _ = PathBytes(path).withCString { mkdir($0, 0o755) }
        }
        let descriptor = PathBytes(path + [0x2F] + name).withCString { open($0, O_CREAT | O_WRONLY, 0o644) }
        #expect(descriptor >= 0)
        _ = Self.heads[0].bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
    }

    /// Names in Shift JIS, Latin-2 and with a cut-off character, of folders and of files: each is listed, under a name that is
    /// its own, and can be fetched.
    @Test func namesThatAreNoTextAreListedAndFetched() throws {
        try write(Self.heads[0].bytes, "n1/a.jpg")
        makeOdd(Array("n1".utf8), [0x94, 0x4C] + Array(".jpg".utf8))
        makeOdd([0xB1, 0x62], Array("50%.jpg".utf8))
        makeOdd([0xB1, 0x62], [0xC3] + Array(".jpg".utf8))
        let images = Array(try listing())
        #expect(images.map(\.id) == ["n1/a.jpg", "n1/%94L.jpg", "%B1b/50%.jpg", "%B1b/%C3.jpg"])
        #expect(images.map(\.label) == ["n1", "n1", "%B1b", "%B1b"])
        #expect(images[2].origin == "the folder %B1b, whose name is not UTF-8")
        let fetcher = ImageFetcher(files: LocalFile(roots: FileRoots([scratch("data")]), limit: 100))
        for image in images { #expect(try fetcher.fetch(image.uri).bytes == Self.heads[0].bytes, "\(image.uri)") }
    }

    /// Ids are text, and two files have two.
    @Test func ofNamesThatWouldBeShownAlikeTheOtherIsCounted() throws {
        try write(Self.heads[0].bytes, "n1/%E9.jpg")
        try write(Self.heads[0].bytes, "%FFa/1.jpg")
        makeOdd(Array("n1".utf8), [0xE9] + Array(".jpg".utf8))
        makeOdd([0xFF, 0x61], Array("2.jpg".utf8))
        let images = try listing()
        #expect(images.map(\.id) == ["%FFa/1.jpg", "n1/%E9.jpg"])
        #expect(images.passedOver.text.hasPrefix("Passed over 2: 2 with names that no image can have ("))
    }

    @Test func picturesAreTakenByContentWhereTheirNamesSayNothing() throws {
        for (kind, bytes) in Self.heads {
            try write(bytes, "n1/\(kind)")
            try write(bytes, "n1/\(kind).heic")
            try write(bytes, "n1/\(kind).1")
        }
        let images = try listing()
        #expect(images.count == 3 * Self.heads.count)
        #expect(images.passedOver.total == 0 && images.passedOver.text.isEmpty)
    }

    @Test func whatIsPassedOverIsCountedByKind() throws {
        try write(Self.heads[0].bytes, "n1/a.jpg")
        try write(Array("\0\0\0\u{18}ftypheic\0\0\0\0".utf8), "n1/phone.heic")
        try write(Array("\0\0\0\u{18}ftypheix\0\0\0\0".utf8), "n1/other.HEIF")
        try write([0xFF, 0x0A, 1, 2], "n1/b.jxl")
        try write(Self.heads[2].bytes, "n1/c.NEF")
        for name in ["n1/notes.txt", "n1/more.TXT", "labels.json", "n1/README"] { try write([0x78], name) }
        try scratch.link("data/n1/gone", to: "nowhere")
        try scratch.link("data/n1/up", to: "..")
        _ = mkfifo(scratch("data/n1/pipe"), 0o644)
        try write(Self.heads[0].bytes, "n1/two\nlines.jpg")
        let images = try listing()
        #expect(images.map(\.id) == ["n1/a.jpg"])
        let lines = try JSONEncoder.sorted(images.passedOver.lines)
        for line in [
            #"{"count":2,"example":"n1/other.HEIF","kind":"format","of":"HEIC"}"#,
            #"{"count":1,"example":"n1/b.jxl","kind":"format","of":"JPEG XL"}"#,
            #"{"count":1,"example":"n1/c.NEF","kind":"format","of":"camera raw file"}"#,
            #"{"count":2,"example":"n1/more.TXT","kind":"no_picture","of":".txt"}"#,
            #"{"count":1,"example":"labels.json","kind":"no_picture","of":".json"}"#,
            #"{"count":1,"example":"n1/README","kind":"no_picture","of":""}"#,
            #"{"count":1,"example":"n1/gone","kind":"broken_link"}"#,
            #"{"count":1,"example":"n1/pipe","kind":"special_file"}"#,
            #"{"count":1,"example":"n1/two\nlines.jpg","kind":"name"}"#,
        ] { #expect(lines.contains(line), "\(line) in \(lines)") }
        #expect(lines.contains(#""kind":"link_back""#))
        #expect(images.passedOver.total == 12)
        #expect(images.passedOver.text.hasPrefix("Passed over 12: 2 .txt (n1/more.TXT), 2 HEIC (n1/other.HEIF), "))
    }

    /// What notebooks, disk stations, archives and bins leave behind, in whatever depth.
    @Test func whatToolsKeepIsPassedOverAndCounted() throws {
        let tools = [
            "n1/.ipynb_checkpoints/a-checkpoint.jpg", "n1/@eaDir/a.jpg/SYNOPHOTO_THUMB_XL.jpg", "n1/._b.jpg",
            "__MACOSX/n1/._c.jpg", ".Trash-1000/files/d.jpg", ".Trash-1000/info/d.jpg.trashinfo", "#recycle/e.jpg",
            ".DS_Store",
            "n1/Thumbs.db", "$RECYCLE.BIN/f.png",
        ]
        for name in tools + ["n1/a.jpg", "n1/_MACOSX.jpg", "n1/deep/er/z.jpg"] { try write([0x78], name) }
        let images = try listing()
        #expect(images.map(\.id) == ["n1/_MACOSX.jpg", "n1/a.jpg", "n1/deep/er/z.jpg"])
        #expect(images.passedOver.total == tools.count)
        #expect(images.passedOver.text.hasPrefix("Passed over 10: 10 of tools and systems ("))
    }

    @Test func aFolderOfOnlyOtherThingsSaysWhich() throws {
        try write(Array("\0\0\0\u{18}ftypheic\0\0\0\0".utf8), "n1/1.heic")
        let failure = #expect(throws: CommandFailure.self) { try listing() }
        #expect(failure?.description.contains("Passed over 1: 1 HEIC (n1/1.heic).") == true)
    }

    /// Endings may be anything, and are not listed without end.
    @Test func manyEndingsAreOneKind() throws {
        for number in 0..<300 { try write([0x78], "n1/f.x\(number)") }
        try write(Self.heads[0].bytes, "n1/a.jpg")
        let passedOver = try listing().passedOver
        #expect(passedOver.total == 300)
        #expect(passedOver.text.utf8.count < 1000)
        #expect(passedOver.text.contains("other endings") && passedOver.text.contains("more kinds"))
    }
}
