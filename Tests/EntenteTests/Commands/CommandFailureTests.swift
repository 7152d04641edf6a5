import ArgumentParser
import CKafka
import Inference
import Persistence
import Testbed
import Testing

@testable import Entente
@testable import Fetch
@testable import Jobs
@testable import Kafka
@testable import Reporting
@testable import Settings

@Suite struct CommandFailureTests {
    @Test func exitCodesAreTheDocumentedOnes() {
        #expect(CommandFailure.Exit.usage.rawValue == 64)
        #expect(CommandFailure.Exit.badInput.rawValue == 65)
        #expect(CommandFailure.Exit.unavailable.rawValue == 69)
        #expect(CommandFailure.Exit.bug.rawValue == 70)
    }

    private func exit(_ error: any Error) -> CommandFailure.Exit? { CommandFailure(explaining: error)?.exit }

    @Test func whatPeopleGiveIsBadInput() {
        let problems = [
            Problem(file: "a.yaml", line: 1, message: "No."), Problem(file: "b", line: nil, message: "Nor."),
        ]
        let invalid = CommandFailure(explaining: InvalidAnalysis(problems: problems))
        #expect(invalid?.exit == .badInput)
        // Every problem on its own line.
        #expect(invalid?.description == "a.yaml:1: No.\nb: Nor.")
        #expect(exit(InferenceError(.modelTensor, "x")) == .badInput)
        #expect(exit(ImageFailure(.notFound, "x")) == .badInput)
        #expect(exit(JobError(.badField, "x")) == .badInput)
        #expect(exit(ReportingError("x")) == .badInput)
        #expect(exit(SettingsError("x")) == .usage)
        #expect(exit(CommandFailure(.unavailable, "x")) == .unavailable)
    }

    /// Names of files and values are part of sentences, whoever made those.
    @Test func sentencesSpeakToNoTerminal() {
        let name = "a\nentente: all is well\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\u{2028}"
        let errors: [any Error] = [
            CommandFailure(.badInput, name), InferenceError(.modelTensor, name), ImageFailure(.notFound, name),
            JobError(.badField, name), ReportingError(name), SettingsError(name), HubError(.disk, name),
            PersistenceError(.server, name), KafkaError(RD_KAFKA_RESP_ERR__TRANSPORT, name),
            InvalidAnalysis(problems: [Problem(file: name, line: 1, message: name)]),
            SettingsError([Problem(file: name, line: nil, message: name)]),
        ]
        for error in errors {
            let said = CommandFailure(explaining: error)?.description ?? "\n"
            #expect(!said.unicodeScalars.contains { $0.isDisruptive }, "\(said)")
            #expect(said.contains("\\n") && said.contains("\\u{1B}"), "\(said)")
        }
        struct Odd: Error, CustomStringConvertible { let description: String }
        #expect(
            CommandRunner.failure(for: Odd(description: name), of: Entente.self)?.description.contains("\n") == false)
    }

    /// The argument parser quotes the command line as it is.
    @Test func wordsOfTheCommandLineStayOnALine() {
        let words = ["a\nentente: well\u{1b}[2J", "--o=b\r\nc", "plain"]
        let text = "Error: Unexpected \u{2018}\(words[0])\u{2019} and \u{2018}b\r\nc\u{2019}\nUsage: plain"
        let shown = CommandRunner.neutralWords(in: text, of: words)
        #expect(
            shown
                == "Error: Unexpected \u{2018}a\\nentente: well\\u{1B}[2J\u{2019} and \u{2018}b\\r\\nc\u{2019}\nUsage: plain"
        )
    }

    @Test(
        arguments: [
            (.notFound, .badInput), (.value, .badInput), (.configuration, .usage), (.connection, .unavailable),
            (.schema, .unavailable), (.cluster, .unavailable), (.answer, .bug), (.fenced, .bug), (.server, .bug),
        ] as [(PersistenceError.Code, CommandFailure.Exit)])
    func databaseErrors(code: PersistenceError.Code, expected: CommandFailure.Exit) {
        let failure = CommandFailure(explaining: PersistenceError(code, "why"))
        #expect(failure?.exit == expected)
        #expect(failure?.description == "why")
    }

    @Test(
        arguments: [
            ("57P03", .unavailable), ("53300", .unavailable), ("42501", .unavailable), ("42601", .bug),
            ("3D000", .unavailable), ("28P01", .unavailable), ("3F000", .bug),
        ]
            as [(String, CommandFailure.Exit)])
    func serverErrors(state: String, expected: CommandFailure.Exit) {
        #expect(exit(PersistenceError(.server, "x", sqlState: state)) == expected)
    }

    @Test func hubErrors() {
        #expect(exit(HubError(.name, "x")) == .usage)
        for code in [HubError.Code.notFound, .unusable, .damaged, .taken] {
            #expect(exit(HubError(code, "x")) == .badInput, "\(code)")
        }
        #expect(exit(HubError(.unreachable, "x")) == .unavailable && exit(HubError(.disk, "x")) == .unavailable)
    }

    @Test func brokerErrors() {
        #expect(exit(KafkaError(RD_KAFKA_RESP_ERR__TRANSPORT, "x")) == .unavailable)
        #expect(exit(KafkaError(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, "x")) == .unavailable)
        #expect(exit(KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, "x")) == .usage)
        #expect(exit(KafkaError(RD_KAFKA_RESP_ERR__STATE, "x")) == .bug)
        #expect(exit(KafkaError(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, "x")) == .badInput)
    }

    /// A property that librdkafka does not know, as an operator meets it.
    @Test func wrongKafkaPropertiesAreUsage() {
        let configuration = KafkaClientConfiguration(bootstrapServers: "127.0.0.1:1", properties: ["no.such": "x"])
        let error = #expect(throws: KafkaError.self) {
            try KafkaProducer(configuration, logger: DemoAnalysis.quiet)
        }
        #expect(error.flatMap { exit($0) } == .usage)
    }

    /// They bring an exit code of their own.
    @Test func theArgumentParsersErrorsAreNotExplained() {
        #expect(CommandFailure(explaining: ValidationError("x")) == nil)
        #expect(CommandFailure(explaining: ExitCode(65)) == nil)
    }

    private struct Unforeseen: Error {}

    @Test func whatNobodyForesawIsABug() {
        #expect(CommandRunner.failure(for: Unforeseen(), of: Entente.self)?.exit == .bug)
        #expect(CommandRunner.failure(for: ValidationError("x"), of: Entente.self) == nil)
        #expect(CommandRunner.failure(for: ExitCode(65), of: Entente.self) == nil)
        #expect(CommandRunner.failure(for: CleanExit.message("x"), of: Entente.self) == nil)
        #expect(CommandRunner.failure(for: CommandFailure(.usage, "x"), of: Entente.self)?.exit == .usage)
        let unknown = #expect(throws: (any Error).self) { try Entente.parseAsRoot(["no-such-command"]) }
        #expect(unknown.map { Entente.exitCode(for: $0).rawValue } == 64)
    }
}
