import Foundation
import Inference
import Testbed

@testable import Fetch
@testable import Jobs

/// An image that has to end up in `failed_images`, once.
struct BadImage {
    let id: String
    let uri: String
    var label: String?
    var sha256: String?
    let kind: ImageFailure.Kind
    /// What the message has to name.
    let named: String

    func entry() throws -> ImageJob.Image {
        try ImageJob.Image(id: Identifier(id), uri: uri, label: label.map { Identifier($0) }, sha256: sha256)
    }

    /// All kinds of them, their files made below and beside `root`.
    ///
    /// - Parameter good: id of a picture that lies below `root`.
    static func all(root: String, scratch: ScratchFolder, good: String) throws -> [BadImage] {
        func file(_ name: String) -> String { "file://\(root)/\(name)" }
        func below(_ name: String) -> String { "pictures/" + name }
        try scratch.write(BadPictures.truncated(good), to: below("truncated.jpg"))
        try scratch.write(BadPictures.hugePNG(), to: below("huge.png"))
        try scratch.write([], to: below("empty.jpg"))
        try scratch.write(BadPictures.html, to: below("page.jpg"))
        try scratch.write(DrawnWorld.bytes(good), to: "elsewhere/secret.jpg")
        try FileManager.default.createDirectory(atPath: root + "/folder.jpg", withIntermediateDirectories: true)
        guard symlink(scratch.path + "/elsewhere/secret.jpg", root + "/link.jpg") == 0,
            symlink(root + "/loop.jpg", root + "/loop.jpg") == 0, mkfifo(root + "/fifo.jpg", 0o600) == 0
        else { throw CocoaError(.fileWriteUnknown) }
        let html = Data(BadPictures.html).base64EncodedString()
        let other = String(repeating: "0", count: 64)
        return [
            BadImage(id: "missing", uri: file("missing.jpg"), kind: .notFound, named: "missing.jpg"),
            BadImage(id: "directory", uri: file("folder.jpg"), kind: .notAFile, named: "folder.jpg"),
            BadImage(id: "truncated", uri: file("truncated.jpg"), kind: .undecodable, named: "truncated.jpg"),
            BadImage(id: "huge", uri: file("huge.png"), kind: .tooLarge, named: "huge.png"),
            BadImage(id: "empty", uri: file("empty.jpg"), kind: .undecodable, named: "empty.jpg"),
            BadImage(id: "html", uri: file("page.jpg"), kind: .undecodable, named: "page.jpg"),
            BadImage(
                id: "outside", uri: "file://\(scratch.path)/elsewhere/secret.jpg", kind: .outsideRoots,
                named: "secret.jpg"),
            BadImage(id: "link out", uri: file("link.jpg"), kind: .outsideRoots, named: "link.jpg"),
            BadImage(id: "dots out", uri: file("../elsewhere/secret.jpg"), kind: .outsideRoots, named: "secret.jpg"),
            BadImage(
                id: "escaped dots out", uri: file("%2e%2e/elsewhere/secret.jpg"), kind: .outsideRoots,
                named: "secret.jpg"),
            BadImage(id: "link loop", uri: file("loop.jpg"), kind: .notFound, named: "loop.jpg"),
            BadImage(id: "fifo", uri: file("fifo.jpg"), kind: .notAFile, named: "fifo.jpg"),
            BadImage(
                id: "ftp", uri: "ftp://someone:hush@example.invalid/x.jpg?token=hush", kind: .unsupportedURI,
                named: "example.invalid/x.jpg"),
            BadImage(
                id: "this machine", uri: "http://someone:hush@127.0.0.1:9/x.jpg?token=hush", kind: .addressRefused,
                named: "127.0.0.1"),
            BadImage(id: "no scheme", uri: "pictures/x.jpg", kind: .unsupportedURI, named: "pictures/x.jpg"),
            BadImage(
                id: "file of a host", uri: "file://elsewhere/x.jpg", kind: .unsupportedURI, named: "elsewhere/x.jpg"),
            BadImage(id: "NUL", uri: file("x%00.jpg"), kind: .notFound, named: "NUL"),
            BadImage(id: "unknown label", uri: file(good), label: "gryphon", kind: .unknownLabel, named: "gryphon"),
            BadImage(id: "changed", uri: file(good), sha256: other, kind: .contentMismatch, named: other),
            BadImage(
                id: "data, not base64", uri: "data:image/jpeg;base64,§§§", kind: .unsupportedURI, named: "data:"),
            BadImage(
                id: "data, no picture", uri: "data:image/jpeg;base64,\(html)", kind: .undecodable, named: "data:"),
            BadImage(id: "data, nothing", uri: "data:,", kind: .undecodable, named: "data:"),
            BadImage(id: "data, no comma", uri: "data:image/jpeg", kind: .unsupportedURI, named: "data:"),
        ]
    }
}
