import Foundation
import Testbed
import Testing

@testable import Fetch
@testable import Jobs

@Suite struct LocalFileTests {
    private let scratch: ScratchFolder
    /// `roots/in` is allowed, `roots/out` is not.
    private let file: LocalFile

    init() throws {
        scratch = try ScratchFolder()
        try scratch.makeFolder("in")
        try scratch.write("secret", to: "out/x.jpg")
        file = LocalFile(roots: FileRoots([scratch("in")]), limit: 8)
    }

    private func failure(_ path: String) -> ImageFailure? {
        #expect(throws: ImageFailure.self, "\(path)") { try file.read(path) }
    }

    @Test func regularFilesAreReadWhole() throws {
        #expect(try file.read(scratch.write([0, 255, 10, 13], to: "in/x.jpg")) == [0, 255, 10, 13])
        #expect(try file.read(scratch.write("deeper", to: "in/a/b/x.jpg")) == Array("deeper".utf8))
        #expect(try file.read(scratch.write([], to: "in/empty.jpg")) == [])
    }

    @Test func limitIsInclusive() throws {
        let bytes = [UInt8](repeating: 7, count: 8)
        #expect(try file.read(scratch.write(bytes, to: "in/x.jpg")) == bytes)
        let path = try scratch.write(bytes + [7], to: "in/y.jpg")
        let failure = failure(path)
        #expect(failure?.kind == .tooLarge)
        #expect(failure?.description.contains(path) == true)
        #expect(failure?.description.contains("9 bytes") == true)
        #expect(failure?.description.contains("limit is 8") == true)
    }

    @Test func linksWithinTheRootsAreFollowed() throws {
        try scratch.write("good", to: "in/real/x.jpg")
        #expect(try file.read(scratch.link("in/link.jpg", to: "real/x.jpg")) == Array("good".utf8))
        try scratch.link("in/folder", to: scratch("in/real"))
        #expect(try file.read(scratch("in/folder/x.jpg")) == Array("good".utf8))
    }

    @Test func waysOutOfTheRootsAreRefused() throws {
        try scratch.link("in/link.jpg", to: scratch("out/x.jpg"))
        try scratch.link("in/folder", to: "../out")
        for path in ["out/x.jpg", "in/../out/x.jpg", "in/link.jpg", "in/folder/x.jpg"] {
            let failure = failure(scratch(path))
            #expect(failure?.kind == .outsideRoots, "\(path)")
            #expect(failure?.description.contains("ENTENTE_FILE_ROOTS") == true)
        }
        #expect(failure("/proc/self/environ")?.kind == .outsideRoots)
    }

    @Test func linksThatStayInsideByWayOfOutsideAreFine() throws {
        try scratch.write("good", to: "in/x.jpg")
        #expect(try file.read(scratch("in/../in/x.jpg")) == Array("good".utf8))
        try scratch.link("out/back", to: scratch("in"))
        #expect(try file.read(scratch("out/back/x.jpg")) == Array("good".utf8))
    }

    /// Whether there is something outside, what it is and who may read it: the answer is the same.
    @Test func nobodyLearnsWhatThereIsOutside() throws {
        try scratch.makeFolder("out/folder")
        try scratch.write("x", to: "out/closed/y.jpg")
        try scratch.link("out/loop", to: "loop")
        try #require(mkfifo(scratch("out/pipe"), 0o644) == 0)
        try #require(chmod(scratch("out/closed"), 0) == 0)
        defer { chmod(scratch("out/closed"), 0o755) }
        try scratch.write("good", to: "in/x.jpg")
        try scratch.link("in/there.jpg", to: scratch("out/x.jpg"))
        try scratch.link("in/gone.jpg", to: scratch("out/gone.jpg"))
        try scratch.link("in/away", to: "../out")
        let long = String(repeating: "n", count: 300)
        for path in [
            scratch("out/x.jpg"), scratch("out/gone.jpg"), scratch("out/folder"), scratch("out/closed/y.jpg"),
            scratch("out/closed/gone.jpg"), scratch("out/x.jpg/y"), scratch("out/loop"), scratch("out/pipe"),
            scratch("out/" + long), scratch("out"), scratch("none/x.jpg"), "/none", "/", "/etc/passwd", "/etc/none",
            "/root/x",
            scratch("in/there.jpg"), scratch("in/gone.jpg"), scratch("in/away/x.jpg"), scratch("in/away/gone.jpg"),
            scratch("in/../out/x.jpg"), scratch("in/../out/gone.jpg"), scratch("inside.jpg"),
            scratch("in/../in2/x.jpg"),
            // A way through a folder shows that it is one.
            scratch("out/folder/../../in/x.jpg"), scratch("out/none/../../in/x.jpg"),
            scratch("out/x.jpg/../../in/x.jpg"),
            scratch("in/x.jpg/../../out/x.jpg"), scratch("in/../out/../in/x.jpg"), scratch("in/away/../in/x.jpg"),
            scratch("in/away/folder/../../in/none.jpg"),
        ] {
            let failure = failure(path)
            #expect(failure?.kind == .outsideRoots, "\(path)")
            #expect(failure?.description == "\(path) lies outside the folders that ENTENTE_FILE_ROOTS allows.")
        }
        for path in ["in/none.jpg", "in/none/../x.jpg", "in/none/../../out/x.jpg"] {
            #expect(failure(scratch(path))?.kind == .notFound, "\(path)")
        }
    }

    @Test func aRootThatHoldsEverythingTellsEverything() throws {
        let anywhere = LocalFile(roots: FileRoots(["/"]), limit: 8)
        let failure = #expect(throws: ImageFailure.self) { try anywhere.read("/none/x.jpg") }
        #expect(failure?.kind == .notFound)
    }

    @Test func whatIsNotThereIsNamed() throws {
        try scratch.link("in/broken.jpg", to: "nothing.jpg")
        try scratch.write("x", to: "in/x.jpg")
        let long = "in/" + String(repeating: "x", count: 300)
        for path in ["in/none.jpg", "in/broken.jpg", "in/x.jpg/y.jpg", long] {
            let failure = failure(scratch(path))
            #expect(failure?.kind == .notFound, "\(path)")
            #expect(failure?.description.contains("does not exist") == true)
        }
        #expect(failure(scratch("in/a\0b"))?.kind == .notFound)
    }

    @Test func loopsOfLinksEnd() throws {
        try scratch.link("in/a", to: "b")
        try scratch.link("in/b", to: "a")
        #expect(failure(scratch("in/a"))?.kind == .notFound)
    }

    @Test func foldersAreNoPictures() throws {
        let failure = failure(try scratch.makeFolder("in/folder.jpg"))
        #expect(failure?.kind == .notAFile)
        #expect(failure?.description.contains("directory") == true)
    }

    /// Opened for reading, it would wait for a writer for ever.
    @Test(.timeLimit(.minutes(1))) func pipesDoNotHang() throws {
        try #require(mkfifo(scratch("in/pipe.jpg"), 0o644) == 0)
        #expect(failure(scratch("in/pipe.jpg"))?.kind == .notAFile)
    }

    @Test func devicesAndSocketsAreNoPictures() throws {
        let anywhere = LocalFile(roots: .unrestricted, limit: 8)
        let device = #expect(throws: ImageFailure.self) { try anywhere.read("/dev/zero") }
        #expect(device?.kind == .notAFile)

        let socket = Foundation.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = scratch("in/s")
        try #require(path.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, size) }
        }
        try #require(bound == 0)
        #expect(failure(path)?.kind == .notAFile)
    }

    @Test func withoutRootsNothingIsAllowed() throws {
        let none = LocalFile(roots: FileRoots([]), limit: 8)
        let path = try scratch.write("x", to: "in/x.jpg")
        let failure = #expect(throws: ImageFailure.self) { try none.read(path) }
        #expect(failure?.kind == .outsideRoots)
    }

    /// A file whose size is not what it says may be on its way; only time tells.
    @Test func growingFilesAreTriedAgain() {
        let anywhere = LocalFile(roots: .unrestricted, limit: 1 << 20)
        // It has bytes, and a size of 0.
        let failure = #expect(throws: TransientFetchFailure.self) { try anywhere.read("/proc/self/status") }
        #expect(failure?.description.contains("changed while it was read") == true)
    }
}
