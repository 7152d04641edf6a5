import Testbed
import Testing

@testable import Fetch

@Suite struct FileRootsTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func allows(_ root: String, _ path: String) -> Bool {
        FileRoots([root]).allow(resolved: PathBytes(scratch.path + "/" + path))
    }

    @Test func slashAtTheEndMakesNoDifference() throws {
        let root = try scratch.makeFolder("data")
        for root in [root, root + "/", root + "//", root + "/.", root + "/../data"] {
            #expect(allows(root, "data/x.jpg"), "\(root)")
            #expect(allows(root, "data/a/b/x.jpg"), "\(root)")
            #expect(!allows(root, "x.jpg"), "\(root)")
        }
    }

    @Test func neighboursWithTheSameBeginningAreOutside() throws {
        let root = try scratch.makeFolder("data")
        #expect(!allows(root, "database/x.jpg"))
        #expect(!allows(root, "data.jpg"))
        // The folder itself is no picture below it.
        #expect(!allows(root, "data"))
    }

    @Test func aRootMayBeALink() throws {
        try scratch.makeFolder("real")
        let root = try scratch.link("link", to: "real")
        #expect(allows(root, "real/x.jpg"))
        // Nothing resolves to a path below a link.
        #expect(!allows(root, "link/x.jpg"))
    }

    @Test func severalRoots() throws {
        let roots = FileRoots([try scratch.makeFolder("a"), try scratch.makeFolder("b")])
        #expect(roots.allow(resolved: PathBytes(scratch("a/x"))))
        #expect(roots.allow(resolved: PathBytes(scratch("b/x"))))
        #expect(!roots.allow(resolved: PathBytes(scratch("c/x"))))
    }

    @Test func theWholeFileSystem() {
        let roots = FileRoots(["/"])
        #expect(roots.allow(resolved: PathBytes("/etc/passwd")))
        #expect(FileRoots.unrestricted.allow(resolved: PathBytes("/etc/passwd")))
    }

    @Test func missingRootsAllowNothing() {
        let roots = FileRoots([scratch("none"), ""])
        #expect(!roots.allow(resolved: PathBytes(scratch("none/x"))))
        #expect(!roots.allow(resolved: PathBytes("/x")))
    }

    /// To the file system these are two folders, to a comparison of characters one.
    @Test func spellingsOfALetterAreApart() throws {
        let root = try scratch.makeFolder("caf\u{e9}")
        #expect(allows(root, "caf\u{e9}/x.jpg"))
        #expect(!allows(root, "cafe\u{301}/x.jpg"))
    }

    /// It would join the slash into one character.
    @Test func namesMayBeginWithACombiningMark() throws {
        #expect(allows(try scratch.makeFolder("data"), "data/\u{301}x.jpg"))
    }
}
