import Foundation
import Testbed
import Testing

@testable import Persistence
@testable import Processes

@Suite struct PrivateClusterTests {
    private func options(_ folder: String?) -> PrivateCluster.Options {
        var options = PrivateCluster.Options()
        options.folder = folder
        options.durable = false
        return options
    }

    @Test func startsStopsAndKeepsItsData() throws {
        let folder = "/tmp/entente-test-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let first = try PrivateCluster(options(folder))
        let server = try #require(first.server)
        #expect(kill(server, 0) == 0)
        do {
            let connection = try Connection(uri: first.uri(), settings: .init(applicationName: "test"))
            try connection.exec("CREATE TABLE kept AS SELECT 7 AS a")
            #expect(try connection.query("SELECT current_setting('listen_addresses')").text(0, 0) == "")
        }
        first.stop()
        #expect(kill(server, 0) != 0 && errno == ESRCH)
        first.stop()

        let second = try PrivateCluster(options(folder))
        defer { second.stop() }
        let connection = try Connection(uri: second.uri(), settings: .init(applicationName: "test"))
        #expect(try connection.query("SELECT a FROM kept").int(0, 0) == 7)
    }

    @Test func aKeptServerOutlivesItsStarterAndEndsBySignal() throws {
        let folder = "/tmp/entente-test-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let uri: String
        let server: Int32
        do {
            let cluster = try PrivateCluster(options(folder))
            uri = cluster.uri()
            server = try #require(cluster.server)
            cluster.keep()
        }
        let one = try Connection(uri: uri, settings: .init(applicationName: "test")).query("SELECT 1").int(0, 0)
        #expect(one == 1)
        #expect(kill(server, SIGINT) == 0)
        try eventually("the server ends") { kill(server, 0) != 0 }
    }

    @Test func aTemporaryFolderGoesWithTheCluster() throws {
        let folder: String
        do {
            let cluster = try PrivateCluster(options(nil))
            folder = cluster.folder
            #expect(FileManager.default.fileExists(atPath: folder))
        }
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    /// The shell that guards the server sees the pipe close, which the kernel does for a process that dies.
    @Test func theServerEndsWhenItsStarterIsGone() throws {
        let output = "/tmp/entente-test-\(UUID().uuidString.prefix(8)).log"
        defer { unlink(output) }
        var child: ChildProcess? = try ChildProcess(["/bin/sh", "-c", "read -r word; echo end $word"], output: output)
        let pid = try #require(child?.pid)
        child = nil
        try eventually("the child ends") { waitpid(pid, nil, WNOHANG) == pid }
        #expect(try String(contentsOfFile: output, encoding: .utf8) == "end\n")
    }

    @Test func aChildInheritsNoDescriptorOfOurs() throws {
        var ours: [Int32] = [-1, -1]
        try #require(pipe(&ours) == 0)
        defer { ours.forEach { close($0) } }
        let printed = try ChildProcess.output(of: ["/bin/ls", "/proc/self/fd"])
        // 3 is the folder that ls reads.
        #expect(printed.split(whereSeparator: \.isNewline) == ["0", "1", "2", "3"])
    }

    @Test func aDeepFolderIsRefusedWithItsReason() {
        let folder = "/tmp/entente-test-" + String(repeating: "d", count: 90)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let error = #expect(throws: PersistenceError.self) { try PrivateCluster(options(folder)) }
        #expect(error?.description.contains("too deep for a unix socket") == true)
    }

    @Test func aServerThatCannotStartSaysWhy() throws {
        let folder = "/tmp/entente-test-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try PrivateCluster(options(folder)).stop()
        try Data("no_such_setting = 1\n".utf8).write(to: URL(filePath: folder + "/data/postgresql.auto.conf"))
        let error = #expect(throws: PersistenceError.self) { try PrivateCluster(options(folder)) }
        #expect(error?.code == .cluster)
        #expect(error?.description.contains("no_such_setting") == true, "\(error?.description ?? "")")
    }

    /// Sessions are refused for a while by a server that starts well.
    @Test func aServerThatComesIsTold() {
        for state in ["starting up", "not yet accepting connections", "in recovery mode"] {
            #expect(PrivateCluster.isComing("FATAL:  the database system is \(state)"))
        }
        #expect(!PrivateCluster.isComing("FATAL:  could not create any Unix-domain sockets"))
    }
}
