import Foundation

/// The processes that descend from one, as /proc shows them.
struct ProcessTree {
    /// A process and not only its number, which may be given to another later.
    struct Member: Hashable {
        let pid: pid_t
        /// Ticks between the machine's start and its own.
        let start: UInt64

        var commandLine: [String] {
            let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
            return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        }

        /// Whether it still runs; one that only waits to be reaped doesn't.
        var isAlive: Bool { ProcessTree.stat(pid).map { $0.start == start && $0.state != "Z" } ?? false }
    }

    let members: [Member]

    /// What descends from `root` now, itself left out.
    init(of root: pid_t) {
        var children: [pid_t: [pid_t]] = [:]
        var starts: [pid_t: UInt64] = [:]
        for entry in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let pid = pid_t(entry), let stat = Self.stat(pid) else { continue }
            children[stat.parent, default: []].append(pid)
            starts[pid] = stat.start
        }
        var found: [Member] = []
        var open = children[root] ?? []
        while let pid = open.popLast() {
            found.append(Member(pid: pid, start: starts[pid] ?? 0))
            open += children[pid] ?? []
        }
        members = found
    }

    func all(_ word: String) -> [Member] { members.filter { $0.commandLine.contains(word) } }

    private static func stat(_ pid: pid_t) -> (state: Substring, parent: pid_t, start: UInt64)? {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
        // The name, in parentheses, may hold spaces and parentheses of its own.
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let parent = pid_t(fields[1]), let start = UInt64(fields[19]) else { return nil }
        return (fields[0], parent, start)
    }
}
