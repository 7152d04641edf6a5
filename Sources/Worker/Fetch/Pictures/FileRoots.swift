import Foundation

/// The directories below which `file://` images may lie, links resolved.
package struct FileRoots: Sendable {
    /// Absolute and free of links, each with a trailing slash; nil: everything is allowed (`analyze`).
    private let roots: [String]?

    /// Roots that do not exist are left out: nothing can lie below them.
    package init(_ paths: [String]) {
        roots = paths.compactMap { path in
            Self.resolved(path).map { $0.hasSuffix("/") ? $0 : $0 + "/" }
        }
    }

    private init() { roots = nil }

    /// No restriction: for commands whose paths come from the person who runs them.
    package static let unrestricted = FileRoots()

    func allow(resolved path: String) -> Bool {
        // By bytes: to the file system, two spellings of a letter are two folders, and a combining mark at the start of
        // a name does not join the slash before it.
        roots?.contains { path.utf8.starts(with: $0.utf8) } ?? true
    }

    /// `path` with every link resolved, or nil if there is no such file.
    package static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
