@testable import Jobs
@testable import Kafka

/// A message as a producer may send it, and how the job as a whole fails; nil: it does not.
struct BadMessage {
    let key: String?
    let value: [UInt8]?
    var headers: [KafkaHeader] = []
    let kind: JobError.Kind?

    init(_ key: String?, _ value: [UInt8]?, headers: [KafkaHeader] = [], fails kind: JobError.Kind?) {
        self.key = key
        self.value = value
        self.headers = headers
        self.kind = kind
    }

    /// Messages that hold no job at all, and jobs that no build can do.
    static func wholes(analysis: String, image: ImageJob.Image) throws -> [BadMessage] {
        let unregistered = String(repeating: "0", count: 32)
        let good = String(decoding: try ImageJob(analysis: analysis, images: [image]).encoded(), as: UTF8.self)
        func altered(_ from: String, _ to: String) -> [UInt8] { Array(good.replacing(from, with: to).utf8) }
        let entry = String(decoding: image.encoded(), as: UTF8.self)
        return [
            BadMessage("tombstone", nil, headers: [KafkaHeader("why", "compacted away")], fails: .tombstone),
            BadMessage("nothing", [], fails: .notJSON),
            BadMessage(
                "not JSON", Array("{\"schema\": \"entente.image-job/v1\", oops".utf8),
                headers: [KafkaHeader("trace", [0, 255, 1]), KafkaHeader("trace", nil)], fails: .notJSON),
            BadMessage(nil, [0xFF, 0xFE, 0x00], fails: .notJSON),
            BadMessage("array", Array("[1, 2]".utf8), fails: .notAnObject),
            BadMessage("major 2", altered("entente.image-job/v1", "entente.image-job/v2"), fails: .unknownSchema),
            BadMessage("unregistered", altered(analysis, unregistered), fails: .unregisteredAnalysis),
            BadMessage("twice", altered(entry, entry + "," + entry), fails: .duplicateImage),
            BadMessage("no images", altered(entry, ""), fails: .noImages),
        ]
    }
}
