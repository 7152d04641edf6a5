import ArgumentParser
import Persistence

/// `offsets hold`.
struct OffsetsHoldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Have nobody read partitions until they are released or set.",
        discussion: """
            A worker that reads one of them lets go of it within seconds. The others are read on; workers say that they are \
            not ready as long as they have one that is held.
            """)

    @OptionGroup var choice: PartitionChoice

    @Option(help: ArgumentHelp("Why, for whoever looks at it next.", valueName: "text"))
    var reason: String = "an operator holds it"

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var kafka: KafkaOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !reason.allSatisfy(\.isWhitespace) else {
            throw ValidationError("--reason takes some words, not a blank")
        }
    }

    func run() async throws {
        let settings = try await global.settings(database.flags.merging(kafka.flags) { $1 })
        let connection = try settings.connect("offsets hold")
        let offsets = try TopicOffsets(connection, settings)
        for partition in try choice.chosen(of: offsets) {
            guard try OffsetOrders(connection).hold(offsets.key(of: partition), because: reason) else {
                throw CommandFailure(
                    .badInput,
                    "The group “\(offsets.group)” has not begun with partition \(partition.number) of “\(offsets.topic)”; "
                        + "start a worker first, or say where to begin with `entente offsets set`.")
            }
            try StandardOutput.line("Partition \(partition.number) is held.")
        }
    }
}
