import Testbed
import Testing

@testable import Settings

@Suite struct SettingsFileTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func failure(_ json: String) async throws -> SettingsError {
        try await failure(path: scratch.write(json, to: "settings.json"))
    }

    private func failure(path: String) async throws -> SettingsError {
        let failure = await #expect(throws: SettingsError.self) {
            _ = try await Settings(configFile: path, environment: [:])
        }
        return try #require(failure)
    }

    @Test func everyUnknownKeyIsNamed() async throws {
        let path = try scratch.write(
            #"{"kafka": {"bootstrapServers": "h:1", "topic": "t"}, "Worker": {"lanes": 2}, "x": "y"}"#,
            to: "settings.json")
        let text = try await failure(path: path).description
        for key in ["“kafka.bootstrapServers”", "“Worker.lanes”", "“x”", "kafka.bootstrap_servers", path] {
            #expect(text.contains(key), "\(key) in \(text)")
        }
        #expect(text.split(separator: "\n").count == 3)
    }

    /// The reader of settings would take them for absent and go on with the default.
    @Test(arguments: [
        (#"{"worker": {"lanes": true}}"#, "worker.lanes"), (#"{"worker": {"lanes": 2.5}}"#, "worker.lanes"),
        (#"{"worker": {"lanes": 99999999999999999999}}"#, "worker.lanes"),
        (#"{"worker": {"lanes": null}}"#, "worker.lanes"), (#"{"model": {"path": ["/a", "/b"]}}"#, "model.path"),
    ]) func valuesOfAnotherKindAreNamed(json: String, key: String) async throws {
        let text = try await failure(json).description
        #expect(text.contains("`\(key)` has to be a string or a whole number"), "\(text)")
    }

    @Test(arguments: ["", "[]", "5", #"{"kafka": {"topic": "t"}"#, #"{"kafka": {}, "kafka": {}}"#])
    func otherFilesAreRefused(json: String) async throws {
        let text = try await failure(json).description
        #expect(text.contains(scratch("settings.json")))
        #expect(!text.contains("can't be read"))
    }

    @Test func missingFilesAreNamed() async throws {
        let text = try await failure(path: "/nowhere/settings.json").description
        #expect(text.contains("/nowhere/settings.json"))
        #expect(text.contains("can't be read"))
    }

    @Test func secretsAreNotShown() async throws {
        for json in [
            #"{"postgres": {"uri": "postgresql://me:hunter2@host"}, "x": 1}"#,
            #"{"postgres": {"uri": "postgresql://me:hunter2@host"}"#,
            #"{"postgres": {"uri": ["postgresql://me:hunter2@host"]}}"#,
            #"{"postgres": {"url": "postgresql://me:hunter2@host"}}"#,
        ] {
            let text = try await failure(json).description
            #expect(!text.contains("hunter2"), "\(text)")
            #expect(!text.contains("can't be read"))
        }
    }

    @Test func numbersMayBeNumbersOrStrings() async throws {
        let settings = try await Settings(
            configFile: scratch.write(
                #"{"worker": {"lanes": 3, "batch_size": "7"}, "kafka": {}}"#, to: "settings.json"), environment: [:])
        #expect(try settings.integer(.workerLanes, in: 1...10) == 3)
        #expect(try settings.integer(.workerBatchSize, in: 1...10) == 7)
    }
}
