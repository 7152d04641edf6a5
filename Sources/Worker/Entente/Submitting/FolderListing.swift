import Fetch
import Inference
import Jobs

/// The pictures of a folder, each made out of its path when it is asked for: a million of them are 40 MB.
struct FolderListing: RandomAccessCollection {
    /// Links resolved, without a slash at its end.
    private let base: [UInt8]
    private let root: String
    private let paths: PathList
    let passedOver: PassedOver

    private static let slash = UInt8(ascii: "/")

    init(_ walk: FolderWalk, base: PathBytes, root: String) {
        self.base = base.bytes
        self.root = root
        paths = walk.paths
        passedOver = walk.passedOver
    }

    var startIndex: Int { 0 }
    var endIndex: Int { paths.count }

    subscript(_ index: Int) -> ListedImage {
        let path = paths[index]
        let folder = path.firstIndex(of: Self.slash).map { path[..<$0] }
        return ListedImage(
            id: Self.id(path), uri: Self.uri(path, base), label: folder.map { Identifier(PathBytes($0).description) },
            sha256: nil,
            origin: folder.map(Self.origin) ?? root)
    }

    /// Whether a path can be an image's id and URI, and its folder a label.
    static func canHave(_ path: [UInt8], in base: [UInt8]) -> Bool {
        let folder = path.firstIndex(of: slash).map { Identifier(PathBytes(path[..<$0]).description) }
        return (try? ImageJob.Image(id: id(path[...]), uri: uri(path[...], base), label: folder)) != nil
    }

    /// The path itself; names in it that are not UTF-8 each as ``PathBytes`` shows them.
    private static func id(_ path: ArraySlice<UInt8>) -> Identifier {
        Identifier(
            PathBytes.text(path)
                ?? path.split(separator: slash, omittingEmptySubsequences: false).map { PathBytes($0).description }
                .joined(separator: "/"))
    }

    private static func uri(_ path: ArraySlice<UInt8>, _ base: [UInt8]) -> String {
        FileURI.uri(of: base + [slash] + path)
    }

    private static func origin(_ folder: ArraySlice<UInt8>) -> String {
        let isText = PathBytes.text(folder) != nil
        return "the folder \(PathBytes(folder))" + (isText ? "" : ", whose name is not UTF-8")
    }
}
