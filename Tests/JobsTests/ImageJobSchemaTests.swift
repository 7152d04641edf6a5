import Foundation
import Testbed
import Testing

@testable import Jobs
@testable import Settings

/// The published schema says what the decoder does.
@Suite struct ImageJobSchemaTests {
    private func schema() throws -> JSONSchema {
        let file = URL(fileURLWithPath: Checkout.root + "/deploy/schemas/image-job.v1.schema.json")
        return JSONSchema(try JSONReader.read(Array(try Data(contentsOf: file))))
    }

    private func problems(_ text: String) throws -> [String] {
        try schema().problems(with: try JSONReader.read(Array(text.utf8)))
    }

    @Test(arguments: JobExamples.good.indices) func acceptsWhatIsRead(index: Int) throws {
        #expect(try problems(JobExamples.good[index]) == [])
    }

    @Test(arguments: JobExamples.bad.indices) func refusesWhatIsRefused(index: Int) throws {
        #expect(try problems(JobExamples.bad[index].text) != [], "\(JobExamples.bad[index].text.prefix(300))")
    }

    @Test func acceptsWhatIsWritten() throws {
        let job = try ImageJob(
            analysis: JobExamples.analysis, submission: "s", force: true, group: "g",
            images: [.init(id: "a", uri: "file:///a", label: "l", sha256: JobExamples.sha256)])
        #expect(try problems(String(decoding: job.encoded(), as: UTF8.self)) == [])
    }
}
