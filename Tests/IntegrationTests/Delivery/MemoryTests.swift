import Foundation
import Testbed
import Testing

/// A worker holds the models that it used last, and not all that it has ever seen.
@Suite(.startsWorkers) struct MemoryTests {
    private static let models = 10

    /// Resident memory in kB.
    private static func resident(_ worker: RunningProgram) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(worker.pid)/status", encoding: .utf8)
        return try #require(status.firstMatch(of: /VmRSS:\s+(\d+) kB/).flatMap { Int($0.1) })
    }

    @Test func tenModelsTakeLittleMoreThanTwo() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            for file in ["classes.json", "descriptors.json"] {
                try FileManager.default.copyItem(
                    atPath: DrawnWorld.folder + "/" + file, toPath: site.scratch.path + "/" + file)
            }
            let pictures = try DrawnWorld.copy([DrawnWorld.ids(perClass: 1)[0]], to: site.scratch)
            let yaml = try String(contentsOfFile: DrawnWorld.analysis, encoding: .utf8)
            let analyses = try (0..<Self.models).map { number in
                // 48 MiB each.
                _ = try TinyModel.write(
                    to: site.scratch, as: "models/m\(number)", width: 256, layers: 16, seed: UInt32(1 + number))
                return try site.scratch.write(
                    yaml.replacing("model: model", with: "model: models/m\(number)")
                        .replacing("name: demo", with: "name: m\(number)"), to: "m\(number).yaml")
            }
            let worker = try site.worker(environment: ["ENTENTE_MODEL_PATH": site.scratch.path + "/models"])
            var sizes: [Int] = []
            for analysis in analyses {
                let submitted = try site.submit(["--images", pictures], analysis: analysis)
                try eventually(within: 120, "the picture is done") {
                    try site.status(submitted.analysis).pending == 0
                }
                #expect(try site.status(submitted.analysis).done == 1)
                sizes.append(try Self.resident(worker))
            }
            // What is let go of may be given back a moment later.
            try eventually(within: 20, "\(sizes) kB: ten models in the room of two and a half") {
                try Double(Self.resident(worker)) < 1.5 * Double(sizes[1])
            }
            // Ten of them would not fit there.
            #expect(Double(sizes[1]) * 1.5 < Double(sizes[0] + 9 * 48 << 10), "\(sizes)")
            worker.signal(SIGTERM)
            #expect(try worker.wait(within: 60).status == 0)
        }
    }
}
