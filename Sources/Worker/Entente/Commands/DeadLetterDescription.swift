import Foundation
import Inference
import Jobs
import Persistence
import Reporting
import Settings

/// A dead letter for a person or a program to look at, without what must not be shown.
struct DeadLetterDescription: Encodable {
    struct Header: Encodable {
        let name: String
        let value: String?
    }

    struct Failure: Encodable {
        let analysis: String
        /// Empty: the whole job.
        let image: Identifier
        let kind, message: String
        let attempts: Int
    }

    struct Image: Encodable {
        let id: Identifier
        /// Without credentials, query and inline bytes.
        let uri: String
        let label: Identifier?
    }

    struct Job: Encodable {
        let analysis: String
        let submission: Identifier?
        let force: Bool
        let group: Identifier?
        let images: [Image]
    }

    let dead_letter, reason, written_at: String
    let published: Bool
    /// Why it will not be on the dead-letter topic, if it won't.
    let withheld: String?
    let requeued_at: String?
    let requeue_count: Int
    let key: String?
    let headers: [Header]
    let failures: [Failure]
    let bytes: Int
    /// nil when the message is no job.
    let job: Job?

    init(_ stored: StoredDeadLetter) {
        let letter = stored.letter
        (dead_letter, reason, written_at) = (letter.id, letter.reason, stored.writtenAt)
        (published, withheld) = (stored.isPublished, stored.withheld)
        (requeued_at, requeue_count) = (stored.requeuedAt, stored.requeueCount)
        key = letter.key.map(Self.readable)
        headers = letter.headers.map { Header(name: Self.readable($0.name), value: $0.value.map(Self.readable)) }
        failures = stored.failures.map {
            Failure(
                analysis: $0.analysisID, image: $0.imageID, kind: $0.kind, message: $0.message, attempts: $0.attempts)
        }
        bytes = letter.value?.count ?? 0
        job = (try? ImageJob(decoding: letter.value)).map { job in
            Job(
                analysis: job.analysis, submission: job.submission, force: job.force, group: job.group,
                images: job.images.map { Image(id: $0.id, uri: redactedURI($0.uri), label: $0.label) })
        }
    }

    /// Text, or hex where the bytes are none.
    private static func readable(_ bytes: [UInt8]) -> String {
        let text = String(validating: bytes, as: UTF8.self)
        guard let text, !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            return "0x" + bytes.hexadecimal
        }
        return text
    }

    var text: String {
        var lines = [dead_letter, "  reason    \(neutral(reason))", "  written   \(written_at.readableTime) UTC"]
        lines.append("  on topic  \(published ? "yes" : withheld.map { "no: " + neutral($0) } ?? "not yet")")
        lines.append(
            "  requeued  " + (requeued_at.map { "\(requeue_count)×, last \($0.readableTime) UTC" } ?? "never"))
        lines.append("  key       \((key ?? "none").shortened(to: 200))")
        for header in headers {
            lines.append(
                "  header    \(header.name.shortened(to: 200)): \((header.value ?? "none").shortened(to: 200))")
        }
        lines.append("")
        var failed = TextTable(.text("  failed image"), .text("kind"), .number("tries"), .text("why"))
        for failure in failures {
            failed.add(
                "  " + (failure.image.isEmpty ? "(the whole job)" : failure.image.text.shortened(to: 60)), failure.kind,
                "\(failure.attempts)", failure.message)
        }
        lines.append(failed.text)
        lines.append("")
        guard let job else { return (lines + ["  Its \(bytes) bytes are no image job."]).joined(separator: "\n") }
        lines.append(
            "  job of analysis \(job.analysis)" + (job.submission.map { ", submission \($0)" } ?? "")
                + (job.group.map { ", group \($0)" } ?? "") + (job.force ? ", forced" : ""))
        var images = TextTable(.text("  image"), .text("label"), .text("uri"))
        for image in job.images {
            images.add("  " + image.id.text.shortened(to: 60), image.label?.text ?? "–", image.uri)
        }
        return (lines + [images.text]).joined(separator: "\n")
    }
}
