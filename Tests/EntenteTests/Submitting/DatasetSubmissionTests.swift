import Concepts
import Inference
import Testbed
import Testing

@testable import Entente
@testable import Jobs
@testable import Settings

@Suite struct DatasetSubmissionTests {
    private let fixture: AnalysisFixture
    private let file: AnalysisFile

    init() throws {
        fixture = try AnalysisFixture()
        file = try fixture.read(
            AnalysisFixture.minimal.replacing("model: model", with: "model: \(Checkout.bareModel)"))
    }

    private func image(_ id: String, _ label: String? = nil, uri: String = "data:,x", sha: String? = nil) -> ListedImage
    {
        ListedImage(
            id: Identifier(id), uri: uri, label: label.map { Identifier($0) }, sha256: sha, origin: "row of \(id)")
    }

    private func submission(_ images: [ListedImage], grouped: Bool = false, perJob: Int = 32) throws
        -> DatasetSubmission
    {
        try DatasetSubmission(
            file, images: images, grouped: grouped, imagesPerJob: perJob, force: false, keepData: false)
    }

    private func failure(_ images: [ListedImage]) -> CommandFailure? {
        let failure = #expect(throws: CommandFailure.self) { try submission(images) }
        #expect(failure?.exit == .badInput)
        return failure
    }

    /// By ids alone, so that the two halves are all of it; labels are checked in either.
    @Test func halvesAreSentApart() throws {
        let images = (0..<40).map { image("walk/\($0).jpg", $0.isMultiple(of: 2) ? "tench" : nil) }
        func ids(_ split: ImageSplit?) throws -> [Identifier] {
            var ids: [Identifier] = []
            try DatasetSubmission(
                file, images: images, grouped: false, imagesPerJob: 8, force: false, keepData: false, split: split
            ).forEach { ids.append($0.image.id) }
            return ids
        }
        let (even, odd) = (try ids(.even), try ids(.odd))
        #expect(!even.isEmpty && !odd.isEmpty && even.allSatisfy { ImageSplit.even.holds($0) })
        #expect(try Set(even + odd) == Set(ids(nil)) && even.count + odd.count == images.count)
    }

    @Test func theAnalysisIsTheFilesUnderTheModelsHashes() throws {
        let analysis = try submission([image("a")]).analysis
        #expect(analysis == file.analysis(model: try .init(directory: Checkout.bareModel)))
    }

    @Test func everyUnknownLabelIsNamedOnceWithItsFirstPlace() {
        let failure = failure([
            image("a", "tench"), image("b", "trout"), image("c", "trout"), image("d", "crane"), image("e", "n2"),
            image("f", "N1"),
        ])
        let text = failure?.description ?? ""
        #expect(text.contains("“trout” (row of b) is no class of this analysis"), "\(text)")
        #expect(text.contains("“crane” (row of d) is the name of several classes"))
        #expect(text.contains("“N1” (row of f) is no class"))
        #expect(!text.contains("row of c") && !text.contains("tench") && !text.contains("n2"))
    }

    /// A folder as macOS unpacks it, and a class as editors write it.
    @Test func aLabelComposedOtherwiseNamesItsTwin() throws {
        let classes =
            "[{\"id\": \"k\", \"name\": \"A\u{308}gyptische Maus\"}, {\"id\": \"\u{e5}l\", \"name\": \"eel\"}]"
        try fixture.folder.write(classes, to: "classes.json")
        try fixture.folder.write(#"["a tail"]"#, to: "descriptors.json")
        let file = try fixture.read(
            AnalysisFixture.minimal.replacing("model: model", with: "model: \(Checkout.bareModel)"))
        for (label, twin) in [("\u{c4}gyptische Maus", "A\u{308}gyptische Maus"), ("a\u{30a}l", "\u{e5}l")] {
            let failure = #expect(throws: CommandFailure.self) {
                try DatasetSubmission(
                    file, images: [image("a", label)], grouped: false, imagesPerJob: 1, force: false, keepData: false)
            }
            let text = failure?.description ?? ""
            #expect(text.contains("is no class of this analysis; “\(twin)” is, which looks the same"), "\(text)")
        }
    }

    @Test func aFloodOfUnknownLabelsIsCutShort() {
        let text = failure((0..<30).map { image("\($0)", "x\($0)") })?.description ?? ""
        #expect(text.contains("“x19”") && !text.contains("“x20”"))
        #expect(text.contains("and 10 more"))
    }

    @Test func impossibleImagesAreNamedByTheirPlace() {
        #expect(failure([image("a", sha: "abc")])?.description.contains("row of a: “sha256”") == true)
        let tabbed = failure([image("a\tb")])?.description
        #expect(tabbed?.contains(#"row of a\tb: “id”"#) == true)
        #expect(tabbed?.contains("control character") == true)
    }

    @Test func dryRunCounts() async throws {
        let settings = try await Settings(flags: [.workerLanes: "2"], environment: [:])
        let images = (0..<7).map { image("\($0)", $0 < 4 ? "n1" : $0 < 6 ? "tench" : nil) }
        let loose = try submission(images, perJob: 3).estimate(settings)
        #expect(loose.images == 7)
        #expect(loose.labelled == 6)
        #expect(loose.jobs == 3)
        #expect(loose.seconds > 0)
        #expect(loose.analysis == (try submission(images).analysis.id))
        // “tench” is n1's name, so these six are one group; the one without label is its own job.
        let grouped = try submission(images, grouped: true, perJob: 3).estimate(settings)
        #expect(grouped.jobs == 3)
        #expect(try submission(images, grouped: true, perJob: 6).estimate(settings).jobs == 2)
        #expect(loose.json.contains("\"jobs\": 3, \"images\": 7, \"labelled\": 6"))
        #expect(loose.text.contains("7 images (6 labelled) would go in 3 jobs of analysis \(loose.analysis)"))
    }

    @Test func timesAreReadable() {
        func text(_ seconds: Double) -> String {
            DatasetSubmission.Estimate(analysis: "a", images: 1, labelled: 1, jobs: 1, seconds: seconds).text
        }
        #expect(text(0.2).contains("about 1 s."))
        #expect(text(119).contains("about 119 s."))
        #expect(text(121).contains("about 3 min."))
        #expect(text(9000).contains("about 2.5 h."))
    }

    @Test func oneImageTooLargeForAMessageIsNamed() async throws {
        let settings = try await Settings(flags: [.workerLanes: "1"], environment: [:])
        let giant = try submission([
            image("giant", uri: "data:," + String(repeating: "x", count: ImageJob.maximumBytes))
        ])
        let failure = #expect(throws: CommandFailure.self) { try giant.estimate(settings) }
        #expect(failure?.exit == .badInput)
        #expect(failure?.description.contains("“giant”") == true)
    }

    @Test func aModelThatIsNoneIsNamed() throws {
        let empty = try fixture.read(AnalysisFixture.minimal)
        let error = #expect(throws: (any Error).self) {
            try DatasetSubmission(
                empty, images: [image("a")], grouped: false, imagesPerJob: 1, force: false, keepData: false)
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains(fixture.folder("model")))
    }

    @Test func whatWasSentReadsAsDocumented() {
        let sent = SentJobs(analysis: "a", submission: "s", jobs: 2, images: 9)
        #expect(sent.json == #"{"analysis": "a", "submission": "s", "jobs": 2, "images": 9}"#)
        #expect(sent.text.contains("9 images in 2 jobs"))
    }
}
