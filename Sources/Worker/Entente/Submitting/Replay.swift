import Concepts
import Foundation
import Jobs
import Kafka
import Logging
import Persistence

/// An analysis's images sent again under another analysis, out of the database alone.
struct Replay {
    /// What is sent again.
    let fromID: String
    let target: TargetAnalysis
    let failedOnly: Bool
    let imagesPerJob: Int
    let force: Bool

    struct Outcome {
        let sent: SentJobs
        let from: String
        let leftOut: ReplayedImages.LeftOut

        var json: String { "{\(sent.jsonMembers), \"left_out\": \(leftOut.count)}" }

        var text: String {
            var lines = [sent.text]
            if leftOut.notKept > 0 {
                lines.append(
                    "Left out: \(leftOut.notKept) images that came as data: and were not kept; submit them anew, with "
                        + "--keep-data if they shall be replayed another time.")
            }
            if leftOut.tooLarge > 0 {
                lines.append(
                    "Left out: \(leftOut.tooLarge) images too large for a message; raise the broker's and "
                        + "ENTENTE_KAFKA_PROPERTIES_MESSAGE_MAX_BYTES.")
            }
            if leftOut.longURI > 0 {
                lines.append(
                    "Left out: \(leftOut.longURI) images whose URIs have more than \(ImageJob.maximumURIBytes) bytes; submit "
                        + "them anew under shorter ones.")
            }
            if sent.submission != nil, from != sent.analysis {
                lines.append("Compare afterwards with: entente compare --from \(from) --to \(sent.analysis)")
            }
            return lines.joined(separator: "\n")
        }
    }

    /// - Parameter reader: reads the images, all from one moment, while `writer` announces them.
    func run(
        reader: Connection, writer: Connection, kafka: KafkaClientConfiguration, topic: String, log: Logger,
        progress: JobSender.Progress
    ) throws -> Outcome {
        let analysis = target.analysis
        let producer = try KafkaProducer.ofJobs(kafka, topic, log: log)
        defer { producer.close(within: .seconds(5)) }
        let sender = JobSender(
            analysisID: analysis.id, classes: analysis.classes, imagesPerJob: imagesPerJob, force: force,
            // What was kept once was meant to be kept.
            keepData: true, replayedFrom: fromID)
        let source = ReplaySource(
            reader, analysisID: fromID, failedOnly: failedOnly, wholeGroups: analysis.method.decomposition == .group)
        return try source.snapshot {
            let labels = try LabelTranslation(
                labels: source.labels(), from: AnalysisStore(reader).classes(fromID), to: analysis.classes)
            let images = ReplayedImages(source, labels: labels) {
                sender.bytesAlone($0) <= producer.maximumMessageBytes
            }
            let sent = try sender.send(
                images, to: topic, through: producer, writer,
                prepare: { try target.register(AnalysisStore(writer)) }, progress: progress)
            return Outcome(sent: sent, from: fromID, leftOut: images.leftOut)
        }
    }
}
