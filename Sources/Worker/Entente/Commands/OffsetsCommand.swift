import ArgumentParser

/// `offsets`: how far each partition is, and how to say where it goes on.
struct OffsetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offsets", abstract: "List how far each partition is; set, hold or release one.",
        discussion: """
            Where a worker goes on stands in the database. Resetting or deleting the group with Kafka's own tools changes \
            nothing; these commands do, while workers run as well as while none does.
            """,
        subcommands: [
            OffsetsListCommand.self, OffsetsSetCommand.self, OffsetsHoldCommand.self, OffsetsReleaseCommand.self,
        ])
}
