import Foundation
import Inference
import Persistence
import Testbed
import Testing

/// Maps of texts on pictures' pages, made by the product's own child process.
@Suite(.startsWorkers) struct ExplorerMapTests {
    private static let text = "a photo of a barn dibbet."

    private static func query(_ text: String, _ rest: String = "") -> String {
        "?text=" + (text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "") + rest
    }

    /// The parent of a process; nil once it has ended, whether or not anybody has asked how.
    private static func parent(of pid: pid_t) -> pid_t? {
        let line = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        // Behind the name, which is in brackets: state, parent.
        guard let fields = line?.split(separator: ")").last?.split(separator: " "), fields.count > 1, fields[0] != "Z"
        else { return nil }
        return pid_t(fields[1])
    }

    /// The processes that a process has started, which still run.
    private static func children(of parent: pid_t) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { Self.parent(of: $0) == parent }
    }

    private static func child(of exploration: Exploration) throws -> pid_t {
        let found = children(of: exploration.program.pid)
        try #require(found.count == 1, "\(found)")
        return found[0]
    }

    @Test func aMapIsWhatDenseGives() async throws {
        try await onOwnThread {
            let exploration = try Exploration()
            #expect(Self.children(of: exploration.program.pid).isEmpty)
            let twin = try exploration.twin(exploration.picture + ".json" + Self.query(Self.text))
            let map = try #require(twin["map"] as? [String: Any], "\(twin)")
            #expect(map["text"] as? String == Self.text && map["dense"] as? String == "naclip")
            #expect(map["is_own"] as? Bool == false && map["score"] as? String == "softmax")
            #expect(map["grid_width"] as? Int == 12 && map["grid_height"] as? Int == 12)

            // The analysis squashes bilinearly: of the square that the model saw, `dense` gives the same bits.
            let picture = try ImageDecoder.decode(
                DrawnWorld.bytes(Exploration.image), named: "picture", limits: DecodingLimits())
            let scratch = exploration.site.scratch
            let square = try scratch.write(
                picture.resized(width: 96, height: 96, filter: .bilinear).pngData(), to: "square.png")
            let texts = try scratch.write(JSONEncoder().encode([Self.text]), to: "texts.json")
            let output = scratch("dense.safetensors")
            let end = try Product.run(
                [
                    "dense", "--model", DrawnWorld.model, "--method", "naclip", "--json-file", texts, "--output",
                    output,
                    square,
                ], in: scratch)
            try #require(end.status == 0, "\(end)")
            let file = try Safetensors(path: output)
            func numbers(_ name: String) throws -> [Float] {
                try #require(map[name] as? [Double], "\(name)").map(Float.init)
            }
            #expect(try numbers("similarity").map(\.bitPattern) == file.floats("patch_similarity").map(\.bitPattern))
            let presence = try #require(map["presence"] as? Double)
            #expect(try Float(presence).bitPattern == file.floats("presence")[0].bitPattern && presence > 0.9)
            let values = try numbers("values")
            #expect(values.min() == 0 && values.max() == 1)

            let other = try exploration.twin(exploration.picture + ".json" + Self.query(Self.text, "&scale=absolute"))
            let absolute = try #require(other["map"] as? [String: Any])
            #expect(try (absolute["values"] as? [Double])?.map(Float.init) == numbers("absolute"))
            #expect(absolute["lowest"] as? Double == 0 && absolute["highest"] as? Double == 1)
            #expect(Self.children(of: exploration.program.pid).count == 1)
        }
    }

    @Test func aPageHasTheMapWithoutAScript() async throws {
        try await onOwnThread {
            let exploration = try Exploration()
            let plain = try exploration.get(exploration.picture)
            #expect(plain.body.contains("<form class=\"map\"") && !plain.body.contains("figure class=\"heat\""))
            // Nobody has asked for a map.
            #expect(Self.children(of: exploration.program.pid).isEmpty)
            for scale in ["relative", "absolute"] {
                let page = try exploration.get(
                    exploration.picture + Self.query(Self.text, "&estimator=released&scale=\(scale)"))
                #expect(page.status == 200 && page.body.contains("figure class=\"heat\""), "\(page.body.suffix(6000))")
                #expect(page.body.contains("<option value=\"\(scale)\" selected>"))
                #expect(page.body.contains("By naclip") && page.body.contains("no dense method of its own"))
                // Either form keeps what the other has.
                #expect(page.body.contains("<input type=\"hidden\" name=\"text\" value=\"\(Self.text)\">"))
                #expect(page.body.contains("<input type=\"hidden\" name=\"estimator\" value=\"released\">"))
                let address = try #require(page.body.firstMatch(of: /src="([^"]*\/map\?[^"]*)"/)?.1)
                let image = try exploration.get(String(address).replacing("&amp;", with: "&"))
                #expect(image.status == 200 && image.headers["content-type"] == "image/jpeg")
            }
            let absent = try exploration.get(exploration.picture + Self.query("a photo of a cave kibbit."))
            #expect(absent.body.contains(">absent<"))
            for (query, words) in [
                (Self.query("x", "&scale=x"), "relative or absolute"),
                (Self.query(.init(repeating: "x", count: 1001)), "1001"),
            ] {
                let refused = try exploration.get(exploration.picture + query)
                #expect(refused.status == 400 && refused.body.contains(words), "\(refused)")
            }
            let none = try exploration.get(exploration.picture + "/map")
            #expect(none.status == 400 && none.body.hasPrefix("text has to be"))
        }
    }

    @Test func textsOfAnyKindAreShown() async throws {
        try await onOwnThread {
            let exploration = try Exploration()
            for text in [
                "\"><img src=x onerror=alert(1)>' {{title}} \u{202E}\"\u{301}", "</title><script>1</script>",
                "{{{sql}}}", "a\0b",
                "'\u{20DD} onfocus=alert(1)", "<!--", " ", "a+b c", "🏳️‍🌈", .init(repeating: "long ", count: 200),
            ] {
                let page = try exploration.get(exploration.picture + Self.query(text))
                #expect(page.status == 200 && page.body.contains("figure class=\"heat\""), "\(text)")
                #expect(
                    !page.body.contains("<img src=x") && !page.body.contains("<script>")
                        && !page.body.contains("\u{202E}")
                        && !page.body.contains("<!--"))
                let links = page.body.matches(of: /(?:href|src|action|data-plain)="([^"]*)"/).map { String($0.1) }
                #expect(links.allSatisfy { $0.hasPrefix("/") && !$0.hasPrefix("//") || $0 == "#main" }, "\(links)")
                let twin = try exploration.twin(exploration.picture + ".json" + Self.query(text))
                let shown = (twin["map"] as? [String: Any])?["text"] as? String
                #expect(shown?.unicodeScalars.elementsEqual(text.unicodeScalars) == true, "\(text)")
            }
        }
    }

    @Test func whatIsMissingIsNamedWithWhatMendsIt() async throws {
        try await onOwnThread {
            let exploration = try Exploration()
            // The replay's model lies elsewhere.
            let revised = "/analyses/\(exploration.revised)/images/barn-dibbet%2F000.jpg"
            let page = try exploration.get(revised + Self.query(Self.text))
            #expect(page.status == 200 && page.body.contains("No directory of ENTENTE_MODEL_PATH holds the model"))
            let twin = try exploration.twin(revised + ".json" + Self.query(Self.text))
            let problem = (twin["map"] as? [String: Any])?["problem"] as? String
            #expect(problem?.contains("ENTENTE_MODEL_PATH") == true)
            let bytes = try exploration.get(revised + "/map" + Self.query(Self.text))
            #expect(bytes.status == 404 && bytes.body.contains("ENTENTE_MODEL_PATH") && !bytes.body.contains("<"))

            try FileManager.default.removeItem(atPath: exploration.site.root + "/" + Exploration.image)
            let gone = try exploration.get(exploration.picture + Self.query("another text"))
            #expect(gone.status == 200 && gone.body.contains("000.jpg") && gone.body.contains("class=\"problem\""))
            try exploration.connection.exec(
                """
                UPDATE entente.images SET uri = 'https://store.example/a.jpg?X-Amz-Signature=s3cr3t'
                WHERE image_id = '\(Exploration.image)'
                """)
            let redacted = try exploration.get(exploration.picture + Self.query(Self.text))
            #expect(redacted.body.contains("Without the picture") && !redacted.body.contains("s3cr3t"))
        }
    }

    @Test(arguments: [
        (["ENTENTE_EXPLORE_MAP_IDLE": "0", "ENTENTE_MODEL_PATH": DrawnWorld.model], "switched off"),
        ([:], "ENTENTE_MODEL_PATH set"),
    ])
    func withoutMapsThePageSaysWhy(own: [String: String], words: String) async throws {
        try await onOwnThread {
            let exploration = try Exploration(own)
            let page = try exploration.get(exploration.picture + Self.query(Self.text))
            #expect(page.status == 200 && page.body.contains(words) && !page.body.contains("<form class=\"map\""))
            #expect(Self.children(of: exploration.program.pid).isEmpty)
        }
    }

    /// A child that is killed while it waits is replaced; one that hangs in the middle of a map goes with the explorer.
    @Test func aKilledChildIsReplaced() async throws {
        try await onOwnThread {
            let exploration = try Exploration()
            _ = try exploration.twin(exploration.picture + ".json" + Self.query("one"))
            let first = try Self.child(of: exploration)
            kill(first, SIGKILL)
            try eventually("it is dead") { !Self.children(of: exploration.program.pid).contains(first) }
            let map = try exploration.twin(exploration.picture + ".json" + Self.query("two"))["map"] as? [String: Any]
            #expect(map?["presence"] != nil)
            let second = try Self.child(of: exploration)
            #expect(second != first)
            // What it was told is no secret.
            let environment = try String(contentsOfFile: "/proc/\(second)/environ", encoding: .utf8)
            #expect(!environment.contains("ENTENTE_POSTGRES_URI") && !environment.contains(exploration.site.uri))
            let sockets = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(second)/fd").filter {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(second)/fd/\($0)"))?.hasPrefix(
                    "socket:")
                    == true
            }
            // Of the explorer's, of readers' and of the database's none.
            #expect(Set(sockets) == ["0", "1"])

            kill(second, SIGSTOP)
            let waiting = try RunningProgram(
                "/bin/bash",
                [
                    "-c",
                    "exec 3<>/dev/tcp/127.0.0.1/\(exploration.port); printf 'GET \(exploration.picture)?text=three HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n' >&3; cat <&3",
                ], environment: [:], folder: exploration.site.scratch.path)
            defer { waiting.end() }
            // Other pages do not wait for it.
            #expect(try exploration.get("/failures").status == 200)
            exploration.program.signal(SIGTERM)
            #expect(try exploration.program.wait(within: 60).status == 0)
            try eventually("the child is gone") { Self.parent(of: second) == nil }
        }
    }

    @Test func theChildEndsWithAKilledExplorer() async throws {
        try await onOwnThread {
            let exploration = try Exploration()
            _ = try exploration.twin(exploration.picture + ".json" + Self.query("one"))
            let child = try Self.child(of: exploration)
            exploration.program.signal(SIGKILL)
            try eventually("the child is gone") { Self.parent(of: child) == nil }
        }
    }

    @Test func theChildEndsWhenNobodyAsks() async throws {
        try await onOwnThread {
            let exploration = try Exploration([
                "ENTENTE_MODEL_PATH": DrawnWorld.model, "ENTENTE_EXPLORE_MAP_IDLE": "1",
            ])
            let path = exploration.picture + ".json" + Self.query("one")
            let map = try #require(try exploration.twin(path)["map"] as? [String: Any])
            try eventually("the child ends") { Self.children(of: exploration.program.pid).isEmpty }
            // Of what was made before nobody has to be started.
            let again = try #require(try exploration.twin(path)["map"] as? [String: Any])
            #expect(again["similarity"] as? [Double] == map["similarity"] as? [Double])
            #expect(Self.children(of: exploration.program.pid).isEmpty)
            #expect(try exploration.twin(exploration.picture + ".json" + Self.query("two"))["map"] != nil)
        }
    }
}
