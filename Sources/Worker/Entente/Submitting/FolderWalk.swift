import Fetch
import Foundation
import Inference

/// A walk through a folder of pictures. Names are bytes all the way, since a file system's need not be text.
struct FolderWalk {
    /// Of the pictures, below ``base``, in the order of their bytes.
    private(set) var paths = PathList()
    private(set) var passedOver = PassedOver()

    private let base: [UInt8]
    /// What the folder was named by, for messages.
    private let option: String

    /// Endings by which a file is taken for a picture without being opened, so that what is damaged is counted as failed.
    private static let endings: Set<[UInt8]> = Set(
        [
            "jpg", "jpeg", "jpe", "jfif", "jfi", "pjpeg", "pjp", "png", "apng", "webp", "gif", "bmp", "dib", "tif",
            "tiff",
            "avif",
        ].map { Array($0.utf8) })

    /// Raw files of cameras, which are TIFFs by their content, with a thumbnail first.
    private static let rawEndings: Set<[UInt8]> = Set(
        [
            "3fr", "arw", "cr2", "cr3", "dng", "erf", "kdc", "mef", "nef", "nrw", "orf", "pef", "raf", "rw2", "sr2",
            "srw",
        ].map { Array($0.utf8) })

    /// Folders of tools, beside those whose names begin with a dot.
    private static let tools: Set<[UInt8]> = Set(
        [
            "__MACOSX", "@eaDir", "@Recycle", "#recycle", "#snapshot", "$RECYCLE.BIN", "System Volume Information",
            "lost+found", "Thumbs.db", "desktop.ini",
        ].map { Array($0.utf8) })

    private static let slash = UInt8(ascii: "/")

    /// - Parameter base: absolute, links resolved.
    /// - Throws: ``CommandFailure`` for a folder that can't be read: its pictures would be missing in silence.
    init(_ base: PathBytes, option: String) throws(CommandFailure) {
        (self.base, self.option) = (base.bytes, option)
        try walk([], above: [base])
    }

    /// An entry of a folder.
    private struct Entry {
        enum Kind { case folder, file, special, nothing }

        let kind: Kind
        let isLink: Bool
    }

    private func absolute(_ place: some Sequence<UInt8>) -> PathBytes { PathBytes(base + [Self.slash] + place) }

    /// - Parameters:
    ///   - place: below the base, with a slash behind it unless it is empty.
    ///   - above: the folder and those around it, links resolved; a link back to one of them is not followed.
    private mutating func walk(_ place: [UInt8], above: [PathBytes]) throws(CommandFailure) {
        var names = PathList()
        guard Self.list(absolute(place), { names.append($0) }) else {
            let folder = PathBytes(place.isEmpty ? base : absolute(place.dropLast()).bytes)
            throw CommandFailure(.badInput, "\(option): \(folder) is no folder that may be read; mend or move it.")
        }
        // A folder sorts by its name with the slash behind it, as its pictures do.
        var (keys, entries) = (PathList(), [Entry]())
        for index in 0..<names.count {
            let entry = Self.entry(absolute(place + names[index]))
            entries.append(entry)
            keys.append(entry.kind == .folder ? names[index] + [Self.slash] : names[index])
        }
        let shadowed = Self.shadowed(names)
        for index in keys.sortedPlaces() {
            let path = place + keys[index]
            if Self.isTool(names[index]) {
                passOverAll(path, entries[index], .tool)
            } else if shadowed.contains(index) {
                passOverAll(path, entries[index], .name)
            } else if entries[index].kind == .folder {
                guard let resolved = FileRoots.resolved(absolute(path)), !above.contains(resolved) else {
                    passedOver.add(.linkBack, Self.text(path))
                    continue
                }
                try walk(path, above: above + [resolved])
            } else {
                take(path, name: names[index], entries[index])
            }
        }
    }

    private mutating func take(_ path: [UInt8], name: ArraySlice<UInt8>, _ entry: Entry) {
        let ending = Self.ending(name)
        let kind: PassedOver.Kind? = Self.endings.contains(ending) ? nil : judge(path, ending, entry)
        if let kind {
            passedOver.add(kind, Self.text(path))
        } else if !FolderListing.canHave(path, in: base) {
            passedOver.add(.name, Self.text(path))
        } else {
            paths.append(path)
        }
    }

    /// What a file is whose name does not say; nil if it is a picture that is read here.
    private func judge(_ path: [UInt8], _ ending: [UInt8], _ entry: Entry) -> PassedOver.Kind? {
        switch entry.kind {
        case .nothing: return entry.isLink ? .brokenLink : .unreadable
        case .special, .folder: return .special
        case .file: break
        }
        if Self.rawEndings.contains(ending) { return .format("camera raw file") }
        guard let head = Self.head(absolute(path)) else { return .unreadable }
        let format = head.withUnsafeBytes { ImageFormat(sniffing: $0) }
        if format.isReadable { return nil }
        if case .other(let words, _) = format {
            // Without its article.
            return .format(String(words.split(separator: " ", maxSplits: 1).last ?? ""))
        }
        return .noPicture(ending.isEmpty ? "" : "." + PathBytes(ending).description)
    }

    /// Counts the files of what is not gone into, following no link.
    private mutating func passOverAll(_ path: [UInt8], _ entry: Entry, _ kind: PassedOver.Kind) {
        guard entry.kind == .folder, !entry.isLink else { return passedOver.add(kind, Self.text(path)) }
        var names = PathList()
        guard Self.list(absolute(path), { names.append($0) }) else { return passedOver.add(kind, Self.text(path)) }
        for index in 0..<names.count {
            let inner = path + names[index]
            let entry = Self.entry(absolute(inner))
            passOverAll(entry.kind == .folder && !entry.isLink ? inner + [Self.slash] : inner, entry, kind)
        }
    }

    /// Names that are not UTF-8 are shown with escapes: those beside one that is spelled so can't have an id of their own.
    private static func shadowed(_ names: PathList) -> Set<Int> {
        let odd = (0..<names.count).filter { PathBytes.text(names[$0]) == nil }
        guard !odd.isEmpty else { return [] }
        let all = Set((0..<names.count).map { Array(names[$0]) })
        return Set(odd.filter { all.contains(Array(PathBytes(names[$0]).description.utf8)) })
    }

    // MARK: - The file system

    private static func isTool(_ name: ArraySlice<UInt8>) -> Bool {
        name.first == UInt8(ascii: ".") || tools.contains(Array(name))
    }

    /// What is behind the last dot, in lower case.
    private static func ending(_ name: ArraySlice<UInt8>) -> [UInt8] {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return [] }
        return name[(dot + 1)...].map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
    }

    private static func text(_ path: [UInt8]) -> String { PathBytes(path).description }

    /// - Returns: whether the folder could be read.
    private static func list(_ folder: PathBytes, _ take: (UnsafeBufferPointer<UInt8>) -> Void) -> Bool {
        guard let stream = folder.withCString({ opendir($0) }) else { return false }
        defer { closedir(stream) }
        while true {
            errno = 0
            guard let entry = readdir(stream) else { return errno == 0 }
            // The name is as long as it is, whatever its field's type says.
            let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            let count = strlen(name)
            name.withMemoryRebound(to: UInt8.self, capacity: count) { bytes in
                let name = UnsafeBufferPointer(start: bytes, count: count)
                if !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) { take(name) }
            }
        }
    }

    private static func entry(_ path: PathBytes) -> Entry {
        path.withCString { name in
            var status = stat()
            guard lstat(name, &status) == 0 else { return Entry(kind: .nothing, isLink: false) }
            let isLink = status.st_mode & S_IFMT == S_IFLNK
            if isLink, stat(name, &status) != 0 { return Entry(kind: .nothing, isLink: true) }
            return switch status.st_mode & S_IFMT {
            case S_IFDIR: Entry(kind: .folder, isLink: isLink)
            case S_IFREG: Entry(kind: .file, isLink: isLink)
            default: Entry(kind: .special, isLink: isLink)
            }
        }
    }

    /// The beginning of a regular file; nil if it can't be read.
    private static func head(_ path: PathBytes) -> [UInt8]? {
        let descriptor = path.withCString { open($0, O_RDONLY | O_NONBLOCK | O_CLOEXEC) }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var count = 0
        let head = [UInt8](unsafeUninitializedCapacity: ImageFormat.headBytes) { buffer, filled in
            count = read(descriptor, buffer.baseAddress, buffer.count)
            filled = max(0, count)
        }
        return count >= 0 ? head : nil
    }
}
