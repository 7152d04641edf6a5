import Foundation

/// The directories below which `file://` images may lie, links resolved.
package struct FileRoots: Sendable {
    /// Absolute and free of links, each with a trailing slash; nil: everything is allowed (`analyze`).
    private let roots: [[UInt8]]?
    /// Each as it was named and with links resolved, with a trailing slash, and what it was named; the longest first.
    private let names: [(prefix: [UInt8], name: String)]

    private static let slash = UInt8(ascii: "/")

    /// Roots that do not exist are left out: nothing can lie below them.
    package init(_ paths: [String]) {
        let found = paths.compactMap { path in
            Self.resolved(PathBytes(path)).map { (path, Self.closed($0.bytes)) }
        }
        roots = found.map(\.1)
        names = found.flatMap { path, resolved in [(Self.closed(Array(path.utf8)), path), (resolved, path)] }
            .sorted { $0.0.count > $1.0.count }
    }

    private init() {
        roots = nil
        names = []
    }

    private static func closed(_ path: [UInt8]) -> [UInt8] { path.last == slash ? path : path + [slash] }

    /// No restriction: for commands whose paths come from the person who runs them.
    package static let unrestricted = FileRoots()

    func allow(resolved path: PathBytes) -> Bool {
        // By bytes: to the file system, two spellings of a letter are two folders, and a combining mark at the start of
        // a name does not join the slash before it.
        roots?.contains { path.bytes.starts(with: $0) } ?? true
    }

    /// The root below which a path lies by its own words, as it was named; links are not followed. nil for none.
    func root(of path: PathBytes) -> String? {
        names.first { path.bytes.starts(with: $0.prefix) }?.name
    }

    /// Whether a path may be looked at, and if there is nothing to be reached, whether that may be told: it is nobody's business
    /// which files and folders there are elsewhere.
    ///
    /// Looking has to end in or below a root, and no `..` may leave a folder that is not one of a root or above one: whether it
    /// can be left shows whether it is there. Links may lead through anywhere.
    func allow(reaching path: PathBytes) -> Bool {
        guard let roots else { return true }
        var done: [UInt8] = []
        var left = Self.steps(path.bytes)
        // Those that links put before them come and go on top.
        var own = left.count
        var links = 0
        while let step = left.popLast() {
            let isOwn = left.count < own
            own = min(own, left.count)
            if step == Array(".".utf8) { continue }
            if step == Array("..".utf8) {
                let isAbove = roots.contains { $0.starts(with: done + [Self.slash]) }
                guard !isOwn || isAbove || allow(resolved: PathBytes(done + [Self.slash])) else { return false }
                // Free of links, so that the folder above is what stands before the last slash.
                done = done.lastIndex(of: Self.slash).map { Array(done[..<$0]) } ?? []
                continue
            }
            let next = PathBytes(done + [Self.slash] + step)
            var status = stat()
            guard next.withCString({ lstat($0, &status) }) == 0 else { break }
            guard status.st_mode & S_IFMT == S_IFLNK else {
                done = next.bytes
                continue
            }
            links += 1
            // As many as the system follows.
            guard links <= 40, let target = Self.target(ofLink: next) else { break }
            if target.first == Self.slash { done = [] }
            left += Self.steps(target)
        }
        return allow(resolved: PathBytes(done + [Self.slash]))
    }

    /// The names of a path, last first.
    private static func steps(_ path: [UInt8]) -> [[UInt8]] {
        path.split(separator: slash).map { Array($0) }.reversed()
    }

    private static func target(ofLink path: PathBytes) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { target in
                path.withCString { readlink($0, target.baseAddress!, target.count) }  // never empty
            }
        }
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// `path` with every link resolved, or nil if there is no such file, or its path is not UTF-8.
    package static func resolved(_ path: String) -> String? {
        resolved(PathBytes(path)).flatMap { PathBytes.text($0.bytes) }
    }

    /// `path` with every link resolved, or nil if there is no such file.
    package static func resolved(_ path: PathBytes) -> PathBytes? {
        guard let resolved = path.withCString({ realpath($0, nil) }) else { return nil }
        defer { free(resolved) }
        return PathBytes(UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
    }
}
