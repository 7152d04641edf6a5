import Foundation
import Persistence

/// Where a PostgreSQL server's programs are on this machine.
struct PostgresBinaries {
    /// The oldest major version whose features the schema uses.
    static let oldestMajor = 15

    let folder: String
    let major: Int

    var initdb: String { folder + "/initdb" }
    var postgres: String { folder + "/postgres" }

    /// Looks where Debian and Ubuntu, then others, install servers; the newest version wins.
    ///
    /// - Throws: ``PersistenceError`` saying what was found and how to install what is missing.
    static func find() throws -> PostgresBinaries {
        let found = candidates().compactMap(PostgresBinaries.init)
        if let best = found.filter({ $0.major >= oldestMajor }).max(by: { $0.major < $1.major }) { return best }
        let seen = found.map { "version \($0.major) in \($0.folder)" }.joined(separator: ", ")
        throw PersistenceError(
            .cluster,
            "no PostgreSQL server of version \(oldestMajor) or newer on this machine"
                + (seen.isEmpty ? "" : " (only \(seen))") + "; on Debian or Ubuntu: apt-get install postgresql")
    }

    private init?(folder: String) {
        let postgres = folder + "/postgres"
        guard FileManager.default.isExecutableFile(atPath: postgres),
            FileManager.default.isExecutableFile(atPath: folder + "/initdb"),
            let said = try? ChildProcess.output(of: [postgres, "--version"]),
            let version = said.firstMatch(of: /\) (\d+)/), let major = Int(version.1)
        else { return nil }
        self.folder = folder
        self.major = major
    }

    private static func candidates() -> [String] {
        var folders: [String] = []
        let debian = "/usr/lib/postgresql"
        for version in (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? [] {
            folders.append("\(debian)/\(version)/bin")
        }
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map(
            String.init)
        if let tool = path.map({ $0 + "/pg_config" }).first(where: FileManager.default.isExecutableFile),
            let said = try? ChildProcess.output(of: [tool, "--bindir"])
        {
            folders.append(said.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        folders += path
        var seen: Set<String> = []
        return folders.filter { seen.insert($0).inserted }
    }
}
