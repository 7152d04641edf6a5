import Foundation
import Inference
import Logging

@testable import Jobs
@testable import Kafka

/// What was sent: a submission of good pictures, and messages by a producer who knows no rules.
struct BadInput {
    let submitted: Site.Submitted
    let submittedIDs: [String]
    let bad: [BadImage]
    let goodIDs: [String]
    let messages: [BadMessage]
    /// Those that leave a dead letter.
    let deadLetters: Int
    private let site: Site

    init(_ site: Site) throws {
        self.site = site
        submittedIDs = DrawnWorld.ids(perClass: 1, classes: 4)
        submitted = try site.submit(submittedIDs, imagesPerJob: 2)
        let picture = submittedIDs[0]
        let uri = "file://\(site.root)/\(picture)"
        let label = DrawnWorld.classes[0]
        let inline = Data(try DrawnWorld.bytes(DrawnWorld.ids(perClass: 2)[1])).base64EncodedString()
        let good = [
            try ImageJob.Image(id: "good, label by name", uri: uri, label: Identifier(label.replacing("-", with: " "))),
            try ImageJob.Image(id: "good, inline", uri: "data:image/jpeg;base64,\(inline)", label: Identifier(label)),
            try ImageJob.Image(id: "good, unlabelled", uri: uri),
        ]
        goodIDs = good.map(\.id.text) + ["good, alone"]
        bad = try BadImage.all(root: site.root, scratch: site.scratch, good: picture)
        let entries = try bad.map { try $0.entry() }
        let analysis = submitted.analysis
        func job(_ images: [ImageJob.Image]) throws -> [UInt8] {
            try ImageJob(analysis: analysis, images: images).encoded()
        }
        let split = entries.count - 3
        let alone = try ImageJob.Image(id: Identifier(goodIDs[3]), uri: uri, label: Identifier(label))
        let wholes = try BadMessage.wholes(analysis: analysis, image: alone)
        messages =
            wholes + [
                BadMessage(
                    "mixed", try job([good[0]] + entries[..<split] + [good[1]]),
                    headers: [KafkaHeader("origin", "a test")], fails: nil),
                BadMessage("bad only", try job(Array(entries[split...])), fails: nil),
                BadMessage("good", try job([alone]), fails: nil),
                BadMessage("good", try job([good[2]]), fails: nil),
            ]
        deadLetters = wholes.count + 2
    }

    var messageCount: Int { submitted.jobs + messages.count }

    func produce() throws {
        let producer = try KafkaProducer(
            KafkaClientConfiguration(bootstrapServers: site.bootstrapServers),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        defer { producer.close(within: .seconds(5)) }
        for message in messages {
            try producer.send(
                to: Site.topic, key: message.key.map { Array($0.utf8) }, value: message.value,
                headers: message.headers)
        }
        try producer.flush(within: .seconds(30))
    }
}
