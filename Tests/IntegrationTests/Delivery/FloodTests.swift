import Foundation
import Persistence
import Testbed
import Testing

@testable import Concepts
@testable import Inference
@testable import Jobs
@testable import Persistence

/// A backlog far larger than what a worker takes in at a time.
@Suite(.startsWorkers(lasting: 45)) struct FloodTests {
    private static let jobs = 100_000
    private static let early = 5_000
    private static let partitions = 8
    private static let images = 100
    /// What a worker's memory may grow by between 5,000 jobs and 100,000: buffers find their size, nothing more. Bytes.
    private static let growth = 64 << 20

    @Test func aHundredThousandJobsTakeNoMoreMemoryThanFiveThousand() async throws {
        try await onOwnThread {
            let site = try Site(partitions: Self.partitions)
            defer { site.end() }
            let model = try TinyModel.write(to: site.scratch)
            try Self.send(try Self.register(model, site), site)
            let connection = try site.connect()
            let worker = try site.worker(["--lanes", "1"], environment: ["ENTENTE_MODEL_PATH": model])
            var early: Int?
            var earlyJobs = 0
            try eventually(within: 240, "the end of the flood") {
                let done = try site.offsetsStored()
                if done >= Self.early, early == nil { (early, earlyJobs) = (Self.memory(of: worker.pid), done) }
                try #require(worker.isRunning)
                return done == Self.jobs
            }
            let memory = try #require(Self.memory(of: worker.pid))
            let before = try #require(early)
            print("the worker has \(before >> 20) MiB after \(earlyJobs) jobs, \(memory >> 20) after \(Self.jobs)")
            #expect(memory <= before + Self.growth)
            worker.signal(SIGTERM)
            let end = try worker.wait(within: 60)
            #expect(end.status == 0, "\(end)")
            // The broker forgets what is too much for it, and says nothing.
            let logs = try site.watermarks()
            #expect(logs.map(\.lowerBound) == Array(repeating: 0, count: Self.partitions))
            #expect(logs.reduce(0) { $0 + Int($1.upperBound) } == Self.jobs)
            #expect(try connection.number("SELECT count(*) FROM entente.image_results") == Self.images)
            #expect(try connection.number("SELECT count(*) FROM entente.failed_images") == 0)
        }
    }

    /// The id of an analysis that costs next to nothing.
    private static func register(_ model: String, _ site: Site) throws -> String {
        let descriptors = try site.scratch.write(#"["round", "square", "striped", "large"]"#, to: "descriptors.json")
        let path = try site.scratch.write(
            """
            name: flood
            model: \(model)
            classes: \(DrawnWorld.folder)/classes.json
            descriptors: \(descriptors)
            method:
              foreground: {crf: false}
              parts: {by: [kmeans], count: 2}
            """, to: "flood.yaml")
        return try site.register(path).id
    }

    /// The same images over and over: the first write wins, and the others change nothing.
    private static func send(_ analysis: String, _ site: Site) throws {
        let picture = Picture(width: 8, height: 8, pixels: (0..<192).map { UInt8($0) })
        try site.scratch.write(picture.pngData(), to: "pictures/tiny.png")
        let values = try (0..<images).map { number in
            try ImageJob(
                analysis: analysis,
                images: [ImageJob.Image(id: "image \(number)", uri: "file://\(site.root)/tiny.png")]
            ).encoded()
        }
        let producer = try site.producer()
        defer { producer.close(within: .seconds(5)) }
        for number in 0..<jobs {
            try producer.send(to: Site.topic, key: Array("\(number)".utf8), value: values[number % images])
        }
        try producer.flush(within: .seconds(60))
    }

    /// Bytes of memory that a process has now.
    private static func memory(of pid: pid_t) -> Int? {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(separator: " ").dropLast().last.flatMap { Int($0) }.map { $0 << 10 }
    }
}
