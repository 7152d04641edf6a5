import ArgumentParser
import Foundation
import Persistence

/// `offsets list`.
struct OffsetsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List how far each partition of the topic is, and which wait for an operator.",
        discussion: """
            Next is the first record whose outcome is not in the database, log what the brokers hold (up to the next record's \
            offset), lag how many records are not worked on.
            """)

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var kafka: KafkaOptions
    @OptionGroup var global: GlobalOptions

    private struct Line: Encodable {
        let topic, group: String
        let partition: Int32
        let next, log_start, log_end, lag: Int64?
        let in_flight: Int64
        let owner, held: String?

        enum CodingKeys: CodingKey {
            case topic, group, partition, next, log_start, log_end, lag, in_flight, owner, held
        }

        /// With null for what is not known.
        func encode(to encoder: any Encoder) throws {
            var line = encoder.container(keyedBy: CodingKeys.self)
            try line.encode(topic, forKey: .topic)
            try line.encode(group, forKey: .group)
            try line.encode(partition, forKey: .partition)
            try line.encode(next, forKey: .next)
            try line.encode(log_start, forKey: .log_start)
            try line.encode(log_end, forKey: .log_end)
            try line.encode(lag, forKey: .lag)
            try line.encode(in_flight, forKey: .in_flight)
            try line.encode(owner, forKey: .owner)
            try line.encode(held, forKey: .held)
        }
    }

    func run() async throws {
        let settings = try await global.settings(database.flags.merging(kafka.flags) { $1 })
        let offsets = try TopicOffsets(settings.connect("offsets list"), settings)
        if let trouble = offsets.trouble {
            StandardError.write("entente: the logs can't be shown: \(trouble).\n")
        }
        guard !json else {
            for one in offsets.partitions {
                let owner = one.entry?.owner ?? ""
                try StandardOutput.json(
                    Line(
                        topic: offsets.topic, group: offsets.group, partition: one.number,
                        next: one.entry?.position.nextOffset, log_start: one.log?.lowerBound,
                        log_end: one.log?.upperBound, lag: one.lag, in_flight: one.entry?.jobsInFlight ?? 0,
                        owner: owner.isEmpty ? nil : owner, held: one.entry?.position.heldBecause))
            }
            return
        }
        guard !offsets.partitions.isEmpty else {
            return try StandardOutput.line("The group “\(offsets.group)” knows no partition of “\(offsets.topic)”.")
        }
        try StandardOutput.line(table(offsets).text)
    }

    private func table(_ offsets: TopicOffsets) -> TextTable {
        var table = TextTable(
            .number("partition"), .number("next"), .number("log"), .number("lag"), .number("in flight"),
            .text("last owner"), .text("state"))
        for one in offsets.partitions {
            let position = one.entry?.position
            let owner = one.entry?.owner ?? ""
            table.add(
                "\(one.number)", position?.nextOffset.map { "\($0)" } ?? "–",
                one.log.map { "\($0.lowerBound)–\($0.upperBound)" } ?? "?", one.lag.map { "\($0)" } ?? "?",
                "\(one.entry?.jobsInFlight ?? 0)", owner.isEmpty ? "–" : owner.shortened(to: 40),
                position?.heldBecause.map { "held: \($0)" } ?? (position?.nextOffset == nil ? "not begun" : "read"))
        }
        return table
    }
}
