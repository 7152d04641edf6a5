import ArgumentParser
import Foundation
import Testbed
import Testing

@testable import Entente

/// README's commands do what it says, in the order in which it tells them. Those that need Docker, a cluster, a hub or a file of one are left
/// out, by name.
@Suite(.startsWorkers(lasting: 30)) struct ReadmeTests {
    /// What README has a newcomer replace, and with what it is replaced here.
    private static let places = [
        "analysis.yaml": Checkout.demo + "/analysis.yaml", "/data/imagenet-val": Checkout.demo + "/heldout",
        "imagenet-val-vit-b16": "demo",
        "share/demo/analysis.yaml": Checkout.demo + "/analysis.yaml",
        "share/demo/heldout/upland-fennow/003.jpg": Checkout.demo + "/heldout/upland-fennow/003.jpg",
    ]

    /// The calls of `entente` in README's code blocks, without comments.
    private static func calls() throws -> [[String]] {
        let readme = try String(contentsOfFile: Checkout.root + "/README.md", encoding: .utf8)
        return readme.split(separator: "```").enumerated().filter { $0.offset % 2 == 1 }.flatMap { block in
            block.element.split(separator: "\n").compactMap { line -> [String]? in
                let said =
                    line.trimmingPrefix(while: \.isWhitespace).trimmingPrefix("$ ").split(separator: "#").first ?? ""
                let words = said.split(separator: " ").map(String.init)
                return words.first == "entente" ? words.dropFirst().map { places[$0] ?? $0 } : nil
            }
        }
    }

    @Test func itsCommandsWork() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2)
            defer { site.end() }
            var done: [String] = []
            for call in try Self.calls() {
                let said = "entente \(call.joined(separator: " "))"
                if ["fetch", "convert"].contains(where: { call.starts(with: ["models", $0]) }) { continue }
                if call == ["worker"] {
                    _ = try site.worker(environment: ["ENTENTE_FILE_ROOTS": Checkout.demo])
                } else {
                    let end = try site.entente(call, within: 180)
                    #expect(end.status == 0, "\(said): \(end)")
                }
                done.append(call[0])
            }
            #expect(done == ["analyze", "migrate", "worker", "submit", "submit", "status"])
            // The last waited until nothing was pending.
            let end = try site.entente(["status", "--analysis", "demo", "--json"])
            let status = try JSONDecoder().decode([String: Int].self, from: Data(end.output.utf8))
            #expect(status["expected"] == 280 && status["done"] == 280 && status["pending"] == 0, "\(end)")
        }
    }
}
