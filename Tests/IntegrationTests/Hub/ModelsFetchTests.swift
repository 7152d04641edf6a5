import Foundation
import Testbed
import Testing

/// `models fetch` from a hub on loopback.
@Suite struct ModelsFetchTests {
    private struct Fetched: Decodable {
        struct File: Decodable { let name, sha256: String }
        struct Model: Decodable { let directory: String }
        let commit: String
        let downloaded: Int
        let files: [File]
        let model: Model
    }

    /// A model of the real layout, and files that nobody asked for.
    private static func hub(in scratch: ScratchFolder) throws -> HubServer {
        let folder = try TinyModel.write(to: scratch)
        var files: [String: [UInt8]] = ["README.md": Array("read me".utf8), "open_clip_pytorch_model.bin": [1, 2, 3]]
        for name in ["open_clip_config.json", HubServer.weights, "vocab.json", "merges.txt"] {
            files[name] = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
        }
        return try HubServer(files)
    }

    private static func run(
        _ hub: HubServer, _ scratch: ScratchFolder, _ arguments: [String] = [], _ environment: [String: String] = [:],
        repository: String = HubServer.repository
    ) throws -> ProgramEnd {
        try Product.run(
            ["models", "fetch", repository, "--hub", hub.url] + arguments, in: scratch, environment: environment)
    }

    private static func fetched(_ end: ProgramEnd) throws -> Fetched {
        try #require(end.status == 0, "\(end)")
        return try JSONDecoder().decode(Fetched.self, from: Data(end.output.utf8))
    }

    private static func trial(_ body: @escaping @Sendable (HubServer, ScratchFolder) throws -> Void) async throws {
        try await onOwnThread { () throws in
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let hub = try hub(in: scratch)
            defer { hub.stop() }
            try body(hub, scratch)
        }
    }

    @Test func aModelIsFetchedOnceAndDescribed() async throws {
        try await Self.trial { (hub, scratch) throws in
            let first = try Self.fetched(Self.run(hub, scratch, ["--json"], ["HF_TOKEN": "token"]))
            #expect(first.commit == HubServer.commit && first.downloaded > 0)
            #expect(
                first.files.map(\.name) == ["open_clip_config.json", "vocab.json", "merges.txt", HubServer.weights])
            // The token is the hub's alone.
            for asked in hub.asked {
                #expect(asked.request.headers["authorization"] == (asked.isStorage ? nil : "Bearer token"))
            }
            #expect(hub.asked.contains { $0.isStorage })
            #expect(!hub.asked.contains { $0.request.target.contains("README") || $0.request.target.contains(".bin") })

            hub.forget()
            let again = try Self.fetched(Self.run(hub, scratch, ["--json", "--output", scratch.path + "/out/model"]))
            #expect(again.downloaded == 0 && hub.asked.count == 1, "one question: what main is")
            #expect(again.model.directory == scratch.path + "/out/model")
            let verify = try Product.run(["models", "verify", again.model.directory], in: scratch)
            #expect(verify.status == 0, "\(verify)")
            let same = try Self.run(hub, scratch, ["--output", scratch.path + "/out/model"])
            #expect(same.status == 0 && same.output.contains("vision transformer, 1 blocks"), "\(same)")
            let other = try Self.run(hub, scratch, ["--output", scratch.path])
            #expect(other.status == 65 && other.errors.contains("holds something else"), "\(other)")

            // A commit needs nobody, nor does --offline, nor a hub that is gone.
            hub.forget()
            #expect(
                try Self.fetched(Self.run(hub, scratch, ["--json", "--revision", HubServer.commit])).downloaded == 0)
            #expect(try Self.fetched(Self.run(hub, scratch, ["--json", "--offline"])).downloaded == 0)
            #expect(hub.asked.isEmpty)
            hub.stop()
            try eventually("the hub is gone") {
                try Self.run(hub, scratch, ["--revision", "a/b"]).status == 69
            }
            let gone = try Self.run(hub, scratch)
            #expect(gone.status == 0 && gone.errors.contains("Using what main was"), "\(gone)")
            // What is kept is not believed unseen.
            let weights = first.model.directory + "/" + HubServer.weights
            var bytes = try Data(contentsOf: URL(fileURLWithPath: weights))
            bytes[bytes.count - 1] ^= 1
            try bytes.write(to: URL(fileURLWithPath: weights))
            let damaged = try Self.run(hub, scratch, ["--offline"])
            #expect(damaged.status == 65 && damaged.errors.contains("not whole"), "\(damaged)")
        }
    }

    @Test func whatBreaksOffIsGoneOnWith() async throws {
        try await Self.trial { (hub, scratch) throws in
            hub.set {
                $0.breaksOffAfter = 1000
                $0.listsHashes = false
            }
            let fetched = try Self.fetched(Self.run(hub, scratch, ["--json", "--revision", "a/b"]))
            #expect(fetched.files.count == 4)
            let ranges = hub.asked.filter(\.isStorage).map { $0.request.headers["range"] }
            #expect(ranges == [nil, "bytes=1000-"])
            #expect(hub.asked.last?.request.headers["if-range"] == "\"v1\"")
        }
    }

    /// Whatever ended the process, the next one goes on; unless the file is another by then.
    @Test(arguments: [("\"v1\"", true), ("\"v2\"", false)])
    func killedFetchesAreGoneOnWith(version: String, continues: Bool) async throws {
        try await Self.trial { (hub, scratch) throws in
            hub.set { $0.stallsAfter = 2000 }
            let program = try RunningProgram(
                Product.executable.get(), ["models", "fetch", HubServer.repository, "--hub", hub.url],
                environment: Product.environment(["XDG_CACHE_HOME": scratch.path + "/cache"]), folder: scratch.path)
            let cache = scratch.path + "/cache"
            try eventually("the beginning is there") {
                let files = FileManager.default.enumerator(atPath: cache)?.allObjects as? [String] ?? []
                return files.contains { file in
                    file.hasSuffix(HubServer.weights + ".part")
                        && (try? FileManager.default.attributesOfItem(atPath: cache + "/" + file)[.size] as? Int)
                            == 2000
                }
            }
            program.end()
            hub.forget()
            hub.set {
                $0.stallsAfter = nil
                $0.version = version
            }
            let end = try Self.run(hub, scratch, ["--json"])
            #expect(try Self.fetched(end).commit == HubServer.commit)
            let storage = hub.asked.filter(\.isStorage)
            #expect(storage.count == 1 && storage.first?.request.headers["range"] == "bytes=2000-")
            #expect(try Self.fetched(end).downloaded > 0)
            // Nothing but the weights was left to do.
            #expect(hub.asked.count == 3)
        }
    }

    @Test func damageIsRefused() async throws {
        try await Self.trial { (hub, scratch) throws in
            hub.set { $0.damages = true }
            let damaged = try Self.run(hub, scratch)
            #expect(damaged.status == 65 && damaged.errors.contains("it was removed"), "\(damaged)")
            #expect(damaged.errors.contains(HubServer.weights) && damaged.output.isEmpty)
            hub.set { $0.damages = false }
            let whole = try Self.run(hub, scratch)
            #expect(whole.status == 0 && whole.output.contains("In an analysis file: model: "), "\(whole)")
        }
    }

    /// A device that is always full stands for a disk.
    @Test func fullDisksAreSaidToBe() async throws {
        try await Self.trial { (hub, scratch) throws in
            let folder =
                scratch.path + "/cache/entente/models/127.0.0.1%3A\(hub.url.split(separator: ":").last ?? "")/"
                + HubServer.repository.replacing("/", with: "--") + "/\(HubServer.commit).partial"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let part = folder + "/open_clip_config.json.part"
            try FileManager.default.createSymbolicLink(atPath: part, withDestinationPath: "/dev/full")
            let end = try Self.run(hub, scratch)
            #expect(end.status == 69 && end.errors.contains("no space left"), "\(end)")
            try FileManager.default.removeItem(atPath: part)
            #expect(try Self.run(hub, scratch).status == 0)
        }
    }

    @Test func refusalsSayWhatToDo() async throws {
        try await Self.trial { (hub, scratch) throws in
            let revision = try Self.run(hub, scratch, ["--revision", "v9"])
            #expect(revision.status == 65 && revision.errors.contains("no revision “v9”"), "\(revision)")
            let nobody = try Self.run(hub, scratch, repository: "no/body")
            #expect(nobody.status == 65 && nobody.errors.contains("no repository no/body"), "\(nobody)")
            let offline = try Self.run(hub, scratch, ["--offline"])
            #expect(offline.status == 65 && offline.errors.contains("--offline"), "\(offline)")
            hub.set { $0.token = "right" }
            let stranger = try Self.run(hub, scratch)
            #expect(stranger.status == 65 && stranger.errors.contains("Set HF_TOKEN"), "\(stranger)")
            let wrong = try Self.run(hub, scratch, [], ["HF_TOKEN": "wrong"])
            #expect(wrong.status == 65 && wrong.errors.contains("does not accept HF_TOKEN"), "\(wrong)")
            #expect(!wrong.errors.contains("wrong\""))
            let path = try Self.run(hub, scratch, repository: "../../etc")
            #expect(path.status == 64 && path.errors.contains("is no repository"), "\(path)")
            let address = try Product.run(
                ["models", "fetch", "a/b", "--hub", "ftp://me:secret@host"], in: scratch)
            #expect(address.status == 64 && !address.errors.contains("secret"), "\(address)")
        }
    }

    /// Weights that are there as torch.save wrote them alone.
    @Test func pickledWeightsAreFetchedAndConverted() async throws {
        try await onOwnThread { () throws in
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let golden = Checkout.root + "/Tests/InferenceTests/Golden/checkpoints/model/"
            var files: [String: [UInt8]] = [:]
            for name in ["open_clip_config.json", "open_clip_pytorch_model.bin"] {
                files[name] = [UInt8](try Data(contentsOf: URL(fileURLWithPath: golden + name)))
            }
            let hub = try HubServer(files)
            defer { hub.stop() }
            let first = try Self.fetched(Self.run(hub, scratch, ["--json", "--output", scratch("out")]))
            #expect(first.files.map(\.name) == ["open_clip_config.json", "open_clip_pytorch_model.bin"])
            // The identity is the original's, wherever the converted one is.
            let inspect = try Product.run(["models", "inspect", scratch("out"), "--json"], in: scratch)
            #expect(inspect.output.contains("\"weights\":\"\(first.files[1].sha256)\""), "\(inspect)")
            #expect(inspect.output.contains("\"format\":\"torch\""), "\(inspect)")
            let verify = try Product.run(["models", "verify", scratch("out")], in: scratch)
            #expect(verify.status == 0, "\(verify)")

            // Something else than what is promised: hashed, then read and refused.
            files["open_clip_pytorch_model.bin"] = Array("no archive".utf8)
            let other = try HubServer(files)
            defer { other.stop() }
            let refused = try Self.run(other, scratch)
            #expect(
                refused.status == 65 && refused.errors.contains("it is no zip archive, as torch.save writes it"),
                "\(refused)")
        }
    }

    /// What is no CLIP model, or has its weights in a form that is not read, costs no download of weights.
    @Test func otherModelsAreRefusedEarly() async throws {
        try await onOwnThread { () throws in
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let hub = try HubServer([
                "open_clip_config.json": Array("{}".utf8), "tf_model.h5": [1],
            ])
            defer { hub.stop() }
            let foreign = try Self.run(hub, scratch)
            #expect(foreign.status == 65, "\(foreign)")
            #expect(foreign.errors.contains("its weights are “tf_model.h5”"), "\(foreign)")
            let other = try HubServer([
                "config.json": Array("{\"model_type\": \"bert\"}".utf8), "model.safetensors": [1],
            ])
            defer { other.stop() }
            let refused = try Self.run(other, scratch)
            #expect(refused.status == 65 && refused.errors.contains("config.json"), "\(refused)")
            #expect(!other.asked.contains { $0.request.target.hasSuffix("model.safetensors") })
        }
    }
}
