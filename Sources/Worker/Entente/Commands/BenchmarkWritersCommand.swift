import ArgumentParser
import Foundation

/// `benchmark writers`: what concurrent writers of one analysis commit together.
struct BenchmarkWritersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "writers",
        abstract: "Time concurrent writers of one analysis against one writer, in a PostgreSQL cluster of its own.",
        discussion: """
            Every transaction writes one image of one class and holds its locks for a while after its last write. Both \
            figures are medians over rounds that take turns; the ratio is the median of the rounds' ratios.
            """)

    @Option(help: ArgumentHelp("Connections that write at once.", valueName: "n"))
    var connections = 64

    @Option(help: ArgumentHelp("Shards of the roll-ups that they spread over.", valueName: "n"))
    var shards = 64

    @Option(help: ArgumentHelp("Time that a transaction holds its locks after its last write.", valueName: "ms"))
    var lockHold = 2.0

    @Option(help: ArgumentHelp("Rounds of which the median counts.", valueName: "n"))
    var rounds = 5

    @Option(help: ArgumentHelp("Length of each half of a round.", valueName: "seconds"))
    var seconds = 3.0

    @Flag(help: "Print the figures as JSON.")
    var json = false

    func validate() throws {
        guard 1...1000 ~= connections else {
            throw ValidationError("--connections takes 1 to 1000, not \(connections)")
        }
        guard 1...1024 ~= shards else { throw ValidationError("--shards takes 1 to 1024, not \(shards)") }
        guard 0...1000 ~= lockHold else { throw ValidationError("--lock-hold takes 0 to 1000 ms, not \(lockHold)") }
        guard 1...1000 ~= rounds else { throw ValidationError("--rounds takes 1 to 1000, not \(rounds)") }
        guard 0.1...600 ~= seconds else { throw ValidationError("--seconds takes 0.1 to 600, not \(seconds)") }
    }

    func run() async throws {
        let result = try WriterBenchmark(
            connections: connections, shards: shards, lockHoldMilliseconds: lockHold, rounds: rounds, seconds: seconds
        ).run()
        if json {
            try StandardOutput.json(result)
            return
        }
        func decimal(_ value: Double) -> String { String(format: "%.1f", value) }
        try StandardOutput.line(
            """
            \(connections) connections on \(shards) shards, locks held \(decimal(lockHold)) ms after the last write
              alone    \(decimal(result.alone)) transactions a second
              together \(decimal(result.together)) transactions a second
              ratio    \(decimal(result.ratio)) (\(result.ratioRange.map(decimal).joined(separator: " to ")) over \
            \(rounds) rounds)
              repeated \(result.repeated.isEmpty ? "none" : "\(result.repeated)")
              roll-ups \(result.differences == 0 ? "equal the rows" : "differ from the rows: \(result.differences)")
            """)
    }
}
