import ArgumentParser
import Persistence

/// `offsets set`.
struct OffsetsSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Say where partitions are read from.",
        discussion: """
            A worker that reads one of them lets go of it and goes on there within seconds; partitions that were held are held \
            no more, and their logs are taken as they are now. Jobs that are read again are not computed again: their results \
            stand. Jobs that are passed over stay pending.
            """)

    @OptionGroup var choice: PartitionChoice

    @Option(help: ArgumentHelp("An offset, earliest, or latest.", valueName: "place"))
    var to: Place

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var kafka: KafkaOptions
    @OptionGroup var global: GlobalOptions

    enum Place: ExpressibleByArgument {
        case earliest, latest
        case offset(Int64)

        init?(argument: String) {
            switch argument {
            case "earliest": self = .earliest
            case "latest": self = .latest
            default:
                guard let offset = Int64(argument), offset >= 0 else { return nil }
                self = .offset(offset)
            }
        }
    }

    func run() async throws {
        let settings = try await global.settings(database.flags.merging(kafka.flags) { $1 })
        let connection = try settings.connect("offsets set")
        let offsets = try TopicOffsets(connection, settings)
        // All of them are looked at before any is set.
        let places = try choice.chosen(of: offsets).map { ($0, try place(in: $0, of: offsets.topic)) }
        for (partition, place) in places {
            try OffsetOrders(connection).set(offsets.key(of: partition), to: place)
            let before = partition.entry?.position.nextOffset.map { "\($0)" } ?? "nowhere"
            try StandardOutput.line("Partition \(partition.number): from \(before) to \(place).")
        }
    }

    private func place(in partition: TopicOffsets.Partition, of topic: String) throws(CommandFailure) -> Int64 {
        guard let log = partition.log else {
            throw CommandFailure(.unavailable, "No broker says what partition \(partition.number) of “\(topic)” holds.")
        }
        switch to {
        case .earliest: return log.lowerBound
        case .latest: return log.upperBound
        case .offset(let offset):
            guard log.lowerBound...log.upperBound ~= offset else {
                throw CommandFailure(
                    .badInput,
                    "Partition \(partition.number) of “\(topic)” holds \(log.lowerBound) to \(log.upperBound), not \(offset)."
                )
            }
            return offset
        }
    }
}
