import Inference
import Testbed
import Testing

@testable import Jobs

@Suite struct JobPackerTests {
    private func image(_ id: Identifier, padding: Int = 0) throws -> ImageJob.Image {
        try ImageJob.Image(id: id, uri: "file:///\(id)" + String(repeating: "x", count: padding))
    }

    private func pack(
        _ images: [(ImageJob.Image, Identifier?)], maximumImages: Int = 256, maximumBytes: Int = 1_000_000
    ) throws -> [ImageJob] {
        var packer = try JobPacker(
            analysis: JobExamples.analysis, submission: "s", maximumImages: maximumImages, maximumBytes: maximumBytes)
        var jobs: [ImageJob] = []
        for (image, group) in images { if let job = try packer.add(image, group: group) { jobs.append(job) } }
        return jobs + (try packer.finish())
    }

    @Test func jobsFillInOrder() throws {
        let jobs = try pack((0..<23).map { (try image("\($0)"), nil) }, maximumImages: 5)
        #expect(jobs.map(\.images.count) == [5, 5, 5, 5, 3])
        #expect(jobs.flatMap(\.images).map(\.id) == (0..<23).map { Identifier("\($0)") })
        #expect(jobs.map(\.key) == ["0", "5", "10", "15", "20"])
        #expect(jobs.allSatisfy { $0.submission == "s" && $0.group == nil })
    }

    @Test func groupsStayApart() throws {
        let jobs = try pack(
            (0..<12).map { (try image("\($0)"), ["a", "b", "c"][$0 % 3]) }, maximumImages: 3)
        #expect(jobs.map(\.group) == ["a", "b", "c", "a", "b", "c"])
        #expect(jobs.map(\.key) == ["a", "b", "c", "a", "b", "c"])
        #expect(jobs.map { $0.images.map(\.id) }.prefix(3) == [["0", "3", "6"], ["1", "4", "7"], ["2", "5", "8"]])
        #expect(try pack([(image("1"), "é"), (image("2"), "e\u{301}")]).count == 2, "two groups, however alike")
    }

    @Test func nothingMakesNoJob() throws { #expect(try pack([]).isEmpty) }

    @Test func oneImageAJob() throws {
        #expect(try pack((0..<3).map { (try image("\($0)"), nil) }, maximumImages: 1).map(\.images.count) == [1, 1, 1])
    }

    /// Every job keeps both limits, none could have taken the next image as well, and all images are there.
    @Test(arguments: 0..<60) func limitsHold(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let maximumImages = Int.random(in: 1...20, using: &random)
        let maximumBytes = Int.random(in: 900...4000, using: &random)
        let grouped = Bool.random(using: &random)
        let images: [(ImageJob.Image, Identifier?)] = try (0..<200).map { number in
            (
                try image("é\"\(number)", padding: Int.random(in: 0...300, using: &random)),
                grouped ? "group \(Int.random(in: 0..<4, using: &random))" : nil
            )
        }
        let jobs = try pack(images, maximumImages: maximumImages, maximumBytes: maximumBytes)
        func size(_ job: ImageJob) -> Int { job.encoded().count + job.key.text.utf8.count }
        for job in jobs {
            #expect(job.images.count <= maximumImages)
            #expect(size(job) <= maximumBytes)
        }
        for group in Set(images.map(\.1)) {
            let mine = jobs.filter { $0.group == group }
            #expect(mine.flatMap(\.images) == images.filter { $0.1 == group }.map(\.0))
            for (job, following) in zip(mine, mine.dropFirst()) where job.images.count < maximumImages {
                let fuller = try ImageJob(
                    analysis: job.analysis, submission: job.submission, group: group,
                    images: job.images + following.images.prefix(1))
                #expect(size(fuller) > maximumBytes)
            }
        }
    }

    @Test func anImageTooLargeIsNamed() throws {
        let error = #expect(throws: JobError.self) {
            try pack([(image("small"), nil), (image("huge", padding: 5000), nil)], maximumBytes: 2000)
        }
        #expect(error?.kind == .imageTooLarge)
        #expect(error?.message.contains("“huge”") == true)
        #expect(error?.message.contains("2000") == true)
    }

    @Test func whatCannotBeIsRefused() throws {
        #expect(throws: JobError.self) { try pack([(image("a"), nil), (image("a"), nil)]) }
        #expect(throws: JobError.self) { try pack([(image("a"), "")]) }
        #expect(throws: JobError.self) { try pack([], maximumImages: 0) }
        #expect(throws: JobError.self) { try pack([], maximumImages: 257) }
        #expect(throws: JobError.self) {
            try JobPacker(analysis: "x", maximumImages: 1, maximumBytes: 1000)
        }
        #expect(throws: JobError.self) { try image("a\u{0}") }
        #expect(throws: JobError.self) { try ImageJob(analysis: JobExamples.analysis, images: []) }
    }
}
