import Foundation
import Testbed
import Testing

@testable import Entente
@testable import Fetch

@Suite struct ImageFolderTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func make(_ names: String...) throws { for name in names { try scratch.write("x", to: "data/\(name)") } }

    private func list() throws -> FolderListing { try ImageFolder.list(scratch("data")) }

    private func failure(_ path: String) -> CommandFailure? {
        let failure = #expect(throws: CommandFailure.self) { try ImageFolder.list(path) }
        #expect(failure?.exit == .badInput)
        return failure
    }

    @Test func foldersAreLabels() throws {
        try make("n2/a.JPEG", "n1/deep/er/b.png", "top.webp")
        let images = try list()
        try #require(images.map(\.id) == ["n1/deep/er/b.png", "n2/a.JPEG", "top.webp"])
        #expect(images.map(\.label) == ["n1", "n2", nil])
        #expect(images.map(\.uri) == images.map { ImageFetcher.fileURI(ofPath: scratch("data/\($0.id)")) })
        #expect(images[0].origin == "the folder n1")
        #expect(images[2].origin == scratch("data"))
        #expect(images.allSatisfy { $0.sha256 == nil })
    }

    /// The same on every machine, whatever its language or file system.
    @Test func orderIsThatOfTheBytes() throws {
        try make("a/2.jpg", "a/10.jpg", "B/x.jpg", "a.jpg", "\u{e9}/x.jpg", "z/x.jpg", "a-b/x.jpg", "_/x.jpg")
        let ids = try list().map(\.id)
        #expect(
            ids == [
                "B/x.jpg", "_/x.jpg", "a-b/x.jpg", "a.jpg", "a/10.jpg", "a/2.jpg", "z/x.jpg", "\u{e9}/x.jpg",
            ])
    }

    @Test func whatIsNoPictureIsLeftOut() throws {
        try make("n1/a.jpg", "n1/notes.txt", "n1/noextension", "n1/b.jpg.bak", "n1/.DS_Store", "n1/jpg", "labels.json")
        try scratch.makeFolder("data/n1/folder.jpg")
        try make("n1/folder.jpg/inner.png")
        #expect(try list().map(\.id) == ["n1/a.jpg", "n1/folder.jpg/inner.png"])
    }

    /// Whatever they hold, they shall be counted as failed rather than missing.
    @Test func endingsOfPicturesAreBelieved() throws {
        try make("a.gif", "b.BMP", "c.tiff", "d.jpe", "e.JFIF", "f.avif")
        #expect(try list().count == 6)
    }

    @Test func linksAreFollowed() throws {
        try scratch.write("x", to: "elsewhere/n9/p.jpg")
        try make("n1/a.jpg")
        try scratch.link("data/n1/file.jpg", to: scratch("elsewhere/n9/p.jpg"))
        try scratch.link("data/n2", to: "../elsewhere/n9")
        let images = try list()
        try #require(images.map(\.id) == ["n1/a.jpg", "n1/file.jpg", "n2/p.jpg"])
        #expect(images.map(\.label) == ["n1", "n1", "n2"])
        #expect(images[2].uri == ImageFetcher.fileURI(ofPath: scratch("data/n2/p.jpg")))
    }

    @Test func theRootMayBeALink() throws {
        try make("n1/a.jpg")
        let images = try ImageFolder.list(try scratch.link("link", to: "data"))
        #expect(images.map(\.id) == ["n1/a.jpg"])
        // Where it really is, as a worker's check of its roots will see it.
        #expect(images.first?.uri == ImageFetcher.fileURI(ofPath: scratch("data/n1/a.jpg")))
    }

    @Test(.timeLimit(.minutes(1))) func loopsOfLinksEnd() throws {
        try make("n1/a.jpg")
        try scratch.link("data/n1/up", to: "..")
        try scratch.link("data/self", to: ".")
        #expect(try list().map(\.id) == ["n1/a.jpg"])
    }

    @Test func brokenLinksAreListed() throws {
        try make("n1/a.jpg")
        try scratch.link("data/n1/b.jpg", to: "nothing.jpg")
        #expect(try list().map(\.id) == ["n1/a.jpg", "n1/b.jpg"])
    }

    @Test func oddNamesComeBackFromTheirURI() throws {
        try make("a b/100%.jpg", "a b/#1?.jpg", "a b/x;y.jpg", "a b/\u{e9}😀.jpg")
        for image in try list() {
            #expect(try FileURI.path(of: image.uri) == PathBytes(scratch("data/\(image.id)")))
        }
    }

    @Test func emptyOrMissingFoldersAreNamed() throws {
        let empty = try scratch.makeFolder("empty")
        #expect(failure(empty)?.description.contains("\(empty) holds no pictures (") == true)
        #expect(failure(scratch("none"))?.description == "--images: \(scratch("none")) does not exist.")
        let file = try scratch.write("x", to: "a.jpg")
        #expect(failure(file)?.description.contains("\(file) is no folder") == true)
    }
}
