import Foundation
import Testbed
import Testing

@testable import Fetch
@testable import HTTP

/// What a hub is asked for and what it answers, as values.
@Suite struct HubTests {
    private static let sha256 = String(repeating: "ab", count: 32)
    private static let git = String(repeating: "cd", count: 20)

    @Test func digestsAreToldByTheirLength() {
        #expect(HubDigest(parsing: "\"\(Self.sha256)\"") == .sha256(Self.sha256))
        #expect(HubDigest(parsing: Self.sha256.uppercased()) == .sha256(Self.sha256))
        #expect(HubDigest(parsing: "\"\(Self.git)\"") == .git(Self.git))
        for other in ["", "\"5f3-abc\"", "\"v1\"", Self.sha256 + "0", Self.git.dropLast() + "g"] {
            #expect(HubDigest(parsing: String(other)) == nil, "\(other)")
        }
    }

    /// The one of git is what `git hash-object` says.
    @Test func filesAreHashedBothWays() throws {
        let scratch = try ScratchFolder()
        let found = try HubDigest.hashes(of: scratch.write("hello\n", to: "x"))
        #expect(found.git == "ce013625030ba8dba906f756967f9e9ca394464a")
        #expect(found.sha256 == "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03")
        #expect(found.bytes == 6)
    }

    @Test func anAnswerIsReadWithAndWithoutHashes() throws {
        let json = """
            {"sha": "\(Self.git)", "id": "a/b", "siblings": [
              {"rfilename": "config.json", "size": 12, "blobId": "\(Self.git)"},
              {"rfilename": "model.safetensors", "size": 99, "blobId": "\(Self.git)",
               "lfs": {"sha256": "\(Self.sha256)", "size": 99, "pointerSize": 134}},
              {"rfilename": "merges.txt"}]}
            """
        let commit = try JSONDecoder().decode(HubCommit.self, from: Data(json.utf8))
        #expect(commit.files.map(\.name) == ["config.json", "model.safetensors", "merges.txt"])
        #expect(commit.files.map(\.digest) == [.git(Self.git), .sha256(Self.sha256), nil])
        #expect(commit.files.map(\.bytes) == [12, 99, nil])
        #expect(HubCommit.isCommit(commit.sha) && !HubCommit.isCommit("main") && !HubCommit.isCommit(Self.sha256))
    }

    /// Another host has no say in what a file is.
    @Test func factsAreTheHubs() {
        var answer = Hub.Answer(head: HTTPHead(status: 200, headers: ["etag": "\"\(Self.git)\""]))
        #expect(answer.digest == nil)
        answer.facts = ["etag": "W/\"\(Self.git)\""]
        #expect(answer.digest == .git(Self.git))
        answer.facts["x-linked-etag"] = "\"\(Self.sha256)\""
        #expect(answer.digest == .sha256(Self.sha256))
    }

    @Test(arguments: ["a/b", "gpt2", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K", "A.b_c-d/e.f"])
    func repositories(name: String) throws {
        #expect(try HubRepository(parsing: name).folder == name.replacing("/", with: "--"))
    }

    @Test(arguments: ["", "/", "a/", "/b", "a/b/c", "../b", "a/..", "a/.hidden", "a b", "a/b?x", "a%2Fb", "é/b"])
    func noRepository(name: String) {
        let failure = #expect(throws: HubError.self) { try HubRepository(parsing: name) }
        #expect(failure?.code == .name)
    }

    @Test func revisionsAndHubsHaveFoldersOfTheirOwn() throws {
        let scratch = try ScratchFolder()
        let cache = URL(fileURLWithPath: scratch.path)
        let repository = try HubRepository(parsing: "a/b")
        func store(_ hub: String) throws -> ModelStore {
            ModelStore(hub: try HTTPURL(parsing: hub), repository: repository, cache: cache)
        }
        let folders = try ["https://huggingface.co", "http://h:1", "http://h:2", "http://h:2/x"].map {
            try store($0).folder
        }
        #expect(Set(folders).count == 4 && folders[0] == scratch("huggingface.co/a--b"))
        let one = try store("https://huggingface.co/")
        try one.record("refs/pr/1", is: Self.git)
        #expect(one.commit(of: "refs/pr/1") == Self.git && one.commit(of: "refs") == nil)
        #expect(one.commit(of: "../../x") == nil && one.commit(of: Self.git) == Self.git)
        #expect(one.contents(of: Self.git) == nil)
    }
}
