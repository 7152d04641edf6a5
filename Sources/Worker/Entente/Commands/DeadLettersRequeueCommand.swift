import ArgumentParser
import Kafka
import Persistence
import Settings

/// `dead-letters requeue`.
struct DeadLettersRequeueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requeue", abstract: "Send dead letters to the job topic again, when their cause is mended.",
        discussion: """
            Of an analysis that decomposes single images, a job of only those failed images that still have no result; of \
            one that decomposes groups, and of a job that failed as a whole, the message as it came, with its key and \
            headers. --analysis and --all take letters that were never requeued: what fails again is a letter of its own. \
            At least once: after a crash in between a letter may be sent twice, which changes no result.
            """)

    @Argument(help: "Dead-letter ids, as list shows them: topic/partition/offset.")
    var deadLetters: [String] = []

    @Option(help: ArgumentHelp("Those of an analysis: id, unique beginning of it, or name.", valueName: "id"))
    var analysis: String?

    @Flag(help: "All of them.")
    var all = false

    @Flag(help: "Print {\"letters\", \"requeued\", \"settled\", \"too_large\", \"another_revision\", \"images\"}.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var kafka: KafkaOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard [!deadLetters.isEmpty, analysis != nil, all].count(where: { $0 }) == 1 else {
            throw ValidationError("name the letters with one of ID…, --analysis ID and --all")
        }
    }

    func run() async throws {
        let settings = try await global.settings(database.flags.merging(kafka.flags) { $1 })
        let broker = try settings.kafka()
        let connection = try settings.connect("dead-letters requeue")
        let id = try analysis.map(AnalysisStore(connection).resolve)
        let requeue = try DeadLetterRequeue(
            connection, kafka: broker, topic: try settings.jobTopic(),
            log: try settings.logger("entente.dead-letters"))
        if deadLetters.isEmpty { try requeue.requeueAll(analysisID: id) } else { try requeue.requeue(ids: deadLetters) }
        let outcome = requeue.outcome
        try json ? StandardOutput.json(outcome) : StandardOutput.line(Self.text(outcome))
        guard outcome.too_large == 0, outcome.another_revision == 0 else {
            throw ExitCode(CommandFailure.Exit.badInput.rawValue)
        }
    }

    static func text(_ outcome: DeadLetterRequeue.Outcome) -> String {
        guard outcome.letters > 0 else { return "There are no dead letters to requeue." }
        var lines = ["\(outcome.requeued) of \(outcome.letters) dead letters requeued, with \(outcome.images) images."]
        if outcome.settled > 0 { lines.append("\(outcome.settled) needed nothing: their images have results by now.") }
        if outcome.too_large > 0 {
            lines.append(
                "\(outcome.too_large) are too large to be sent; raise ENTENTE_KAFKA_PROPERTIES_MESSAGE_MAX_BYTES.")
        }
        if outcome.another_revision > 0 {
            lines.append(
                "\(outcome.another_revision) are of an analysis whose method revision this build does not compute; "
                    + "`entente replay --failed-only --from` it `--to` its file sends those images under the present one."
            )
        }
        return lines.joined(separator: "\n")
    }
}
