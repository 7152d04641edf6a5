import ArgumentParser
import Persistence

/// `offsets release`.
struct OffsetsReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Have held partitions be read on where they stood.",
        discussion: """
            Their logs are taken as they are now: what lies before the place where they stood is not read. Where a topic was \
            made anew, `entente offsets set --to earliest` reads all of it.
            """)

    @OptionGroup var choice: PartitionChoice
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var kafka: KafkaOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings(database.flags.merging(kafka.flags) { $1 })
        let connection = try settings.connect("offsets release")
        let offsets = try TopicOffsets(connection, settings)
        let held = try choice.chosen(of: offsets).filter { $0.entry?.position.heldBecause != nil }
        for partition in held {
            guard let log = partition.log, let next = partition.entry?.position.nextOffset,
                !(log.lowerBound...log.upperBound ~= next)
            else { continue }
            throw CommandFailure(
                .badInput,
                "Partition \(partition.number) of “\(offsets.topic)” stood at \(next) and holds \(log.lowerBound) to "
                    + "\(log.upperBound); say where to go on with `entente offsets set`.")
        }
        for partition in held where try OffsetOrders(connection).release(offsets.key(of: partition)) {
            try StandardOutput.line("Partition \(partition.number) is released.")
        }
        if held.isEmpty { try StandardOutput.line("None of them is held.") }
    }
}
