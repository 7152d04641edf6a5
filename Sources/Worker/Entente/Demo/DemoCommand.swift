import ArgumentParser
import Inference
import Settings
import Threads

/// `demo`: the whole main job on parts of its own.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run the whole job here: queue, workers, database, results.",
        discussion: """
            Starts a PostgreSQL cluster in a folder of its own and a Kafka broker in memory, submits drawn pictures, \
            lets two worker processes analyse them with a small CLIP, and prints what they found. Ends by \
            itself and leaves nothing behind but a report.
            """)

    @Flag(help: "Leave the database running, and say how to reach and how to end it.")
    var keep = false

    @Flag(
        help: "Run a zoo of small CLIPs over harder pictures, and say whether more agreement goes with more accuracy.")
    var zoo = false

    @Flag(help: "Leave the explorer open on what was found, print its address, and end on Ctrl-C.")
    var explore = false

    @Flag(
        help:
            "With --zoo: judge the explanations too, on half of the pictures, and fill the paper's tables with what comes out."
    )
    var judge = false

    @Option(
        help: ArgumentHelp(
            "Folder for the report, and the zoo's charts and figures (default: entente-demo or entente-zoo).",
            valueName: "dir"))
    var output: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard zoo || !judge else { throw ValidationError("--judge is for the zoo: say --zoo too") }
    }

    func run() async throws {
        let stop = StopSignal()
        TerminationSignals.become(stop)
        // Quiet unless asked: what the demo's parts log would bury what it found.
        var global = global
        global.logLevel = global.logLevel ?? "error"
        let settings = try await global.settings()
        let share = try ShareFolder.findDemo(settings)
        let exploration = explore ? DemoExploration(settings: settings, stop: stop) : nil
        let run: @Sendable () throws -> Void =
            zoo
            ? ZooRun(
                share: share, output: output ?? "entente-zoo", keep: keep, judge: judge, exploration: exploration,
                settings: settings, stop: stop
            ).run
            : DemoRun(
                share: share, output: output ?? "entente-demo", keep: keep, exploration: exploration,
                settings: settings, stop: stop
            ).run
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            _ = WorkerThread("demo") { done.resume(with: Result { try run() }) }
        }
    }
}
