import ArgumentParser
import Testing

@testable import Entente

/// What the command lines of the README take, and what they refuse with exit 64.
@Suite struct CommandParsingTests {
    private func refusal(_ arguments: [String]) -> String? {
        let error = #expect(throws: (any Error).self, "\(arguments)") { _ = try Entente.parseAsRoot(arguments) }
        guard let error else { return nil }
        #expect(Entente.exitCode(for: error).rawValue == 64, "\(arguments)")
        return Entente.message(for: error)
    }

    @Test func submitTakesOneSource() throws {
        let submit = ["submit", "--analysis", "a.yaml"]
        for sources in [[], ["--images", "d", "--manifest", "m"], ["--images", "d", "-"], ["--manifest", "m", "-"]] {
            #expect(refusal(submit + sources)?.contains("one of --images DIR, --manifest FILE and -") == true)
        }
        #expect(refusal(submit + ["list.csv"])?.contains("“list.csv”") == true)
        let command = try #require(
            try Entente.parseAsRoot(submit + ["-", "--group-by", "label", "--images-per-job", "256"]) as? SubmitCommand)
        #expect(command.input == "-")
        #expect(command.groupBy == .label)
        #expect(command.imagesPerJob == 256)
        #expect(!command.dryRun && !command.force && !command.json && !command.keepData)
    }

    @Test(arguments: ["0", "257", "-1", "many"]) func imagesPerJobHaveBounds(count: String) {
        let message = refusal(["submit", "--analysis", "a", "--images", "d", "--images-per-job=\(count)"])
        #expect(message?.contains("images-per-job") == true)
    }

    @Test func replayNamesBothAnalyses() throws {
        #expect(refusal(["replay", "--from", "a"])?.contains("--to") == true)
        #expect(refusal(["replay", "--to", "a"])?.contains("--from") == true)
        #expect(refusal(["replay", "--from", "a", "--to", "b", "--images-per-job", "257"])?.contains("257") == true)
        let command = try #require(
            try Entente.parseAsRoot(["replay", "--from", "a", "--to", "b.yaml", "--failed-only", "--json"])
                as? ReplayCommand)
        #expect(command.failedOnly && command.json && !command.force && command.imagesPerJob == 32)
    }

    @Test func requeueTakesOneChoice() {
        for choice in [[], ["jobs/0/1", "--all"], ["--all", "--analysis", "a"]] {
            #expect(
                refusal(["dead-letters", "requeue"] + choice)?.contains("one of ID…, --analysis ID and --all") == true)
        }
    }

    @Test(arguments: [
        ["status", "--analysis", "a", "--watch", "--interval", "0"], ["analyses", "delete", "a", "--batch-size", "0"],
        ["dead-letters", "list", "--limit", "0"], ["submissions", "list", "--limit", "0"],
        ["export", "--analysis", "a", "--format", "xml"], ["export", "--analysis", "a"],
    ])
    func whatCannotBeIsRefused(arguments: [String]) { #expect(refusal(arguments) != nil) }

    @Test func trainTakesWhatIsTrained() throws {
        let train = ["train", "--analysis", "a.yaml", "--images", "d", "--output", "o", "--baseline"]
        let command = try #require(
            try Entente.parseAsRoot(train + ["mm_cbm", "--epochs", "3", "--final-rate", "0"]) as? TrainCommand)
        let settings = command.options.headSettings
        #expect(command.baseline == .head(.mmCBM) && settings.epochs == 3 && settings.width == 512)
        #expect(settings.finalRate == 0)
        let map = try #require(
            try Entente.parseAsRoot(train + ["ezpc", "--rate", "0.1", "--weight", "5"]) as? TrainCommand)
        let mapSettings = map.options.mapSettings
        #expect(map.baseline == .map && mapSettings.epochs == 10_000)
        #expect(mapSettings.rate == 0.1 && mapSettings.weight == 5)
        #expect(refusal(train + ["kmeans"])?.contains("which needs no training") == true)
        #expect(refusal(train + ["feature_maps", "--drop", "1"])?.contains("--drop is 1.0; it must be") == true)
        #expect(refusal(train + ["ezpc", "--weight=-1"])?.contains("--weight is -1.0; it must be") == true)
        for (baseline, idle) in [
            ("mm_cbm", "--drop"), ("mm_cbm", "--temperature"), ("mm_protosim", "--block"), ("feature_maps", "--width"),
            ("mm_cbm", "--weight"), ("ezpc", "--batch"), ("ezpc", "--final-rate"), ("ezpc", "--seed"),
        ] {
            let words = refusal(train + [baseline, idle, "1"])
            #expect(words?.contains("\(idle) does nothing with --baseline \(baseline); leave it out") == true)
        }
        #expect(
            refusal(["benchmark", "pipeline", "--part-method", "mm_cbm"])?.contains("has to be trained") == true)
    }

    @Test func workerTakesItsOptions() throws {
        let command = try #require(
            try Entente.parseAsRoot([
                "worker", "--start", "latest", "--until-idle", "2.5", "--lanes", "3", "--batch-size", "7",
                "--postgres-uri", "postgresql:///x", "--kafka-bootstrap-servers", "h:1", "--kafka-topic", "t",
                "--kafka-group", "g", "--model-path", "/m", "--file-roots", "/f", "--log-level", "debug", "--config",
                "c",
            ]) as? WorkerCommand)
        #expect(command.start == .latest)
        #expect(command.untilIdle == 2.5)
        #expect(command.lanes == 3)
        #expect(command.batchSize == 7)
        #expect(command.database.flags == [.postgresURI: "postgresql:///x"])
        #expect(
            command.kafka.flags == [.kafkaBootstrapServers: "h:1", .kafkaTopic: "t", .kafkaGroup: "g"])
        #expect(command.global.logLevel == "debug")
        #expect((try Entente.parseAsRoot(["worker"]) as? WorkerCommand)?.start == .earliest)
    }

    /// Among them what no duration holds.
    @Test(arguments: ["-1", "nan", "inf", "1e300", "604801", "soon"]) func idleTimesHaveBounds(seconds: String) {
        #expect(refusal(["worker", "--until-idle=\(seconds)"])?.contains("until-idle") == true)
    }

    @Test(arguments: ["0", "604800"]) func idleTimesMayBe(seconds: String) throws {
        #expect(try Entente.parseAsRoot(["worker", "--until-idle=\(seconds)"]) is WorkerCommand)
    }

    @Test(arguments: [
        ["worker", "--start", "middle"], ["analyze", "--analysis", "a.yaml"], ["encode", "--model", "m", "x.jpg"],
        ["encode", "--model", "m", "--output", "o"], ["encode-text", "--model", "m"], ["status"], ["no-such-command"],
        ["tokenize", "text"], ["migrate", "--no-such-flag"], ["broker", "--topic", "name"],
    ]) func incompleteLinesAreRefused(arguments: [String]) {
        #expect(refusal(arguments)?.isEmpty == false)
    }

    @Test func everyCommandHasHelp() throws {
        let commands = Entente.configuration.subcommands
        #expect(commands.filter { $0.configuration.shouldDisplay }.count == 30)
        // For the explorer alone.
        let hidden = commands.filter { !$0.configuration.shouldDisplay }
        #expect(hidden.map { $0.configuration.commandName } == ["explore-maps"])
        for command in commands {
            #expect(!command.configuration.abstract.isEmpty)
            #expect(command.helpMessage().contains("--help"))
        }
    }
}
