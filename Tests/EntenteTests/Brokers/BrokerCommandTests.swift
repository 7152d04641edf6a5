import CKafka
import Foundation
import Logging
import Persistence
import Testbed
import Testing

@testable import Entente
@testable import Kafka
@testable import Processes

@Suite struct BrokerCommandTests {
    /// The executable lies beside the test bundle.
    private static func executable() throws -> URL {
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let executable = folder.appendingPathComponent("entente")
        try #require(
            FileManager.default.isExecutableFile(atPath: executable.path),
            "the product isn't built beside the tests in \(folder.path)")
        return executable
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func servesOtherProcessesUntilTold(signal: Int32) async throws {
        try await onKafkaThread {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("broker-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let file = folder.appendingPathComponent("bootstrap")
            try Data("127.0.0.1:1\n".utf8).write(to: file)
            let process = Process()
            process.executableURL = try Self.executable()
            process.arguments = [
                "broker", "--topic", "image-jobs:3", "--topic", "other:1", "--brokers", "2", "--bootstrap-file",
                file.path,
            ]
            let output = Pipe()
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try ChildProcess.whileNoneStarts { try process.run() }
            defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
            let printed = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            let servers = try String(contentsOf: file, encoding: .utf8)
            #expect(printed == servers)
            let addresses = servers.trimmingCharacters(in: .newlines).split(separator: ",")
            #expect(addresses.count == 2)
            #expect(addresses.allSatisfy { $0.hasPrefix("127.0.0.1:") })
            let producer = try KafkaProducer(
                KafkaClientConfiguration(bootstrapServers: servers.trimmingCharacters(in: .newlines)),
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            #expect(try producer.partitionCount(of: "image-jobs", within: .seconds(10)) == 3)
            #expect(try producer.partitionCount(of: "other", within: .seconds(10)) == 1)
            try producer.send(to: "image-jobs", value: [1])
            try producer.flush(within: .seconds(10))
            producer.close(within: .seconds(5))
            kill(process.processIdentifier, signal)
            try eventually("the broker ends") { !process.isRunning }
            #expect(process.terminationReason == .exit)
            #expect(process.terminationStatus == 0)
        }
    }

    @Test func ordersAreObeyedAndTheEndOfInputIsNone() async throws {
        try await onKafkaThread {
            let process = Process()
            process.executableURL = try Self.executable()
            process.arguments = ["broker", "--topic", "image-jobs:1"]
            let (input, output) = (Pipe(), Pipe())
            process.standardInput = input
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try ChildProcess.whileNoneStarts { try process.run() }
            defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
            let reader = output.fileHandleForReading
            let servers = String(decoding: reader.availableData, as: UTF8.self).trimmingCharacters(in: .newlines)
            func order(_ line: String) throws -> String {
                try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
                return String(decoding: reader.availableData, as: UTF8.self)
            }
            func isReachable() throws -> Bool {
                let producer = try KafkaProducer(
                    KafkaClientConfiguration(bootstrapServers: servers),
                    logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
                defer { producer.close(within: .seconds(5)) }
                return (try? producer.partitionCount(of: "image-jobs", within: .seconds(2))) == 1
            }
            #expect(try isReachable())
            #expect(try order("down all") == "ok\n")
            #expect(try !isReachable())
            #expect(try order("up 1") == "ok\n")
            #expect(try isReachable())
            #expect(try order("down 7").hasPrefix("error: can't take down broker"))
            #expect(try order("errors Fetch 3 SPLENDID") == "error: “SPLENDID” is no error that librdkafka knows\n")
            try input.fileHandleForWriting.close()
            #expect(try isReachable())
            kill(process.processIdentifier, SIGTERM)
            try eventually("the broker ends") { !process.isRunning }
            #expect(process.terminationStatus == 0)
        }
    }

    @Test func ordersAreRead() throws {
        #expect(try BrokerOrder(parsing: "down all") == .down(nil))
        #expect(try BrokerOrder(parsing: " up  2 ") == .up(2))
        #expect(try BrokerOrder(parsing: "rtt 1 200") == .roundTrip(1, milliseconds: 200))
        #expect(
            try BrokerOrder(parsing: "errors Fetch 3 _TRANSPORT")
                == .errors(.fetch, count: 3, code: KafkaErrorCode(RD_KAFKA_RESP_ERR__TRANSPORT)))
        #expect(
            try BrokerOrder(parsing: "errors OffsetCommit 1 NOT_LEADER_FOR_PARTITION")
                == .errors(.offsetCommit, count: 1, code: KafkaErrorCode(RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION)))
        #expect(try BrokerOrder(parsing: "clear JoinGroup") == .clear(.joinGroup))
        for line in [
            "", "down", "down 0", "up x", "rtt 1 -5", "errors Fetch 0 _TRANSPORT", "errors fetch 1 _TRANSPORT", "dance",
        ] {
            #expect(throws: BrokerOrder.Misunderstood.self, "\(line)") { try BrokerOrder(parsing: line) }
        }
    }

    @Test(arguments: [["--topic", "jobs"], ["--topic", "a:1", "--topic", "a:2"], ["--brokers", "0"]])
    func misuseIsRefused(arguments: [String]) throws {
        #expect(throws: (any Error).self) { try BrokerCommand.parse(arguments) }
    }
}
