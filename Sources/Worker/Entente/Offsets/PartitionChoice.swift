import ArgumentParser

/// Which partitions of the topic an order is for.
struct PartitionChoice: ParsableArguments {
    @Option(help: ArgumentHelp("Partition of the topic; may be repeated.", valueName: "n"))
    var partition: [Int32] = []

    @Flag(help: "All partitions of the topic.")
    var all = false

    func validate() throws {
        guard all != !partition.isEmpty else {
            throw ValidationError("name partitions with --partition, or all of them with --all")
        }
    }

    /// - Throws: ``CommandFailure`` for a partition that is known to neither the brokers nor the database.
    func chosen(of offsets: TopicOffsets) throws(CommandFailure) -> [TopicOffsets.Partition] {
        let known = Set(offsets.partitions.map(\.number))
        if let trouble = offsets.trouble, all || !known.isSuperset(of: partition) {
            throw CommandFailure(.unavailable, trouble + ".")
        }
        guard !all else { return offsets.partitions }
        for number in partition where !known.contains(number) {
            throw CommandFailure(
                .badInput,
                "The topic “\(offsets.topic)” has no partition \(number); it has \(offsets.partitions.count), from 0 on."
            )
        }
        return offsets.partitions.filter { partition.contains($0.number) }
    }
}
