import Testbed
import Testing

@testable import Delivery
@testable import Settings
@testable import Threads

/// What a worker is told is checked before it starts.
@Suite struct WorkerAssemblyTests {
    private let scratch: ScratchFolder
    private static let needed = [
        "ENTENTE_POSTGRES_URI": "postgresql://me:hunter2@/x", "ENTENTE_KAFKA_BOOTSTRAP_SERVERS": "h:1",
    ]

    init() throws { scratch = try ScratchFolder() }

    private func assemble(_ more: [String: String] = [:], without name: String? = nil) async throws {
        var environment = Self.needed.merging(more) { $1 }
        if let name { environment[name] = nil }
        _ = try WorkerAssembly(
            settings: try await Settings(environment: environment), first: .earliest, untilIdle: nil, stop: StopSignal()
        )
    }

    private func refusal(_ more: [String: String] = [:], without name: String? = nil) async -> String {
        let failure = await #expect(throws: SettingsError.self) { try await assemble(more, without: name) }
        #expect(failure?.description.contains("hunter2") == false)
        return failure?.description ?? ""
    }

    @Test func fewSettingsAreNeeded() async throws {
        try await assemble()
        for name in Self.needed.keys { #expect(await refusal(without: name).contains("\(name) is not set")) }
    }

    @Test(arguments: [
        ("ENTENTE_WORKER_LANES", "0"), ("ENTENTE_WORKER_LANES", "513"), ("ENTENTE_WORKER_BATCH_SIZE", "0"),
        ("ENTENTE_WORKER_FETCH_THREADS", "none"), ("ENTENTE_IMAGE_MAX_BYTES", "0"), ("ENTENTE_IMAGE_MAX_PIXELS", "1e6"),
        ("ENTENTE_IMAGE_MEMORY", "1 GiB"),
        ("ENTENTE_FETCH_GIVE_UP_AFTER", "-1"), ("ENTENTE_WORKER_GRACE_PERIOD", "3601"), ("ENTENTE_LOG_LEVEL", "loud"),
    ]) func wrongValuesAreNamed(name: String, value: String) async {
        let text = await refusal([name: value])
        #expect(text.contains(name))
        #expect(text.contains("\"\(value)\""))
    }

    /// Every image below it would fail for good.
    @Test func rootsHaveToBeThere() async throws {
        let root = try scratch.makeFolder("data")
        try await assemble(["ENTENTE_FILE_ROOTS": "\(root):/"])
        let text = await refusal(["ENTENTE_FILE_ROOTS": "\(root):\(scratch("lost"))"])
        #expect(text.contains("ENTENTE_FILE_ROOTS names \(scratch("lost")), which does not exist"))
    }
}
