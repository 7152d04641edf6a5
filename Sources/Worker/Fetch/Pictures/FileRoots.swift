import Foundation

/// The directories below which `file://` images may lie, links resolved.
package struct FileRoots: Sendable {
    /// Absolute and free of links, each with a trailing slash; nil: everything is allowed (`analyze`).
    private let roots: [String]?
    /// Each as it was named and with links resolved, with a trailing slash, and what it was named; the longest first.
    private let names: [(prefix: String, name: String)]

    /// Roots that do not exist are left out: nothing can lie below them.
    package init(_ paths: [String]) {
        let found = paths.compactMap { path in Self.resolved(path).map { (path, Self.closed($0)) } }
        roots = found.map(\.1)
        names = found.flatMap { path, resolved in [(Self.closed(path), path), (resolved, path)] }
            .sorted { $0.0.utf8.count > $1.0.utf8.count }
    }

    private init() {
        roots = nil
        names = []
    }

    private static func closed(_ path: String) -> String { path.hasSuffix("/") ? path : path + "/" }

    /// No restriction: for commands whose paths come from the person who runs them.
    package static let unrestricted = FileRoots()

    func allow(resolved path: String) -> Bool {
        // By bytes: to the file system, two spellings of a letter are two folders, and a combining mark at the start of
        // a name does not join the slash before it.
        roots?.contains { path.utf8.starts(with: $0.utf8) } ?? true
    }

    /// The root below which a path lies by its own words, as it was named; links are not followed. nil for none.
    func root(of path: String) -> String? {
        names.first { path.utf8.starts(with: $0.prefix.utf8) }?.name
    }

    /// Whether a path may be looked at, and if there is nothing to be reached, whether that may be told: it is nobody's business
    /// which files and folders there are elsewhere.
    ///
    /// Looking has to end in or below a root, and no `..` may leave a folder that is not one of a root or above one: whether it
    /// can be left shows whether it is there. Links may lead through anywhere.
    func allow(reaching path: String) -> Bool {
        guard let roots else { return true }
        var done = ""
        var left = Self.steps(path.utf8)
        // Those that links put before them come and go on top.
        var own = left.count
        var links = 0
        while let step = left.popLast() {
            let isOwn = left.count < own
            own = min(own, left.count)
            if step == Array(".".utf8) { continue }
            if step == Array("..".utf8) {
                let isAbove = roots.contains { $0.utf8.starts(with: (done + "/").utf8) }
                guard !isOwn || isAbove || allow(resolved: done + "/") else { return false }
                // Free of links, so that the folder above is what stands before the last slash.
                done = done.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(done[..<$0]) } ?? ""
                continue
            }
            let next = done + "/" + String(decoding: step, as: UTF8.self)
            var status = stat()
            guard lstat(next, &status) == 0 else { break }
            guard status.st_mode & S_IFMT == S_IFLNK else {
                done = next
                continue
            }
            links += 1
            // As many as the system follows.
            guard links <= 40, let target = Self.target(ofLink: next) else { break }
            if target.first == UInt8(ascii: "/") { done = "" }
            left += Self.steps(target)
        }
        return allow(resolved: done + "/")
    }

    /// The names of a path, last first.
    private static func steps(_ path: some Sequence<UInt8>) -> [[UInt8]] {
        path.split(separator: UInt8(ascii: "/")).map { Array($0) }.reversed()
    }

    private static func target(ofLink path: String) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { readlink(path, $0.baseAddress!, $0.count) }  // never empty
        }
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    /// `path` with every link resolved, or nil if there is no such file.
    package static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
