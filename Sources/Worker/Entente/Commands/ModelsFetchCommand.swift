import Analyzing
import ArgumentParser
import Concepts
import Fetch
import Foundation
import HTTP
import Inference
import Jobs
import Settings

/// `models fetch`: a model from a hub, checked.
struct ModelsFetchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Fetch a model from a hub with the layout of Hugging Face's, and check it.",
        discussion: """
            Only what a model directory needs is fetched, into $XDG_CACHE_HOME/entente/models (or ~/.cache). What broke off \
            is gone on with, and every file is compared with the hash that the hub has of it. HF_TOKEN is sent to the hub, \
            and to no other host.
            """)

    @Argument(help: ArgumentHelp("Such as laion/CLIP-ViT-B-32-laion2B-s34B-b79K.", valueName: "repository"))
    var repository: String

    @Option(help: "Branch, tag or commit.")
    var revision = "main"

    @Option(help: ArgumentHelp("The hub (HF_ENDPOINT); default: https://huggingface.co.", valueName: "url"))
    var hub: String?

    @Option(help: ArgumentHelp("Put the model there too; default: use it where it is kept.", valueName: "dir"))
    var output: String?

    @Flag(help: "Ask nobody: take what was fetched before.")
    var offline = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !revision.isEmpty, !revision.unicodeScalars.contains(where: { $0.value < 0x21 }) else {
            throw ValidationError("--revision takes a branch, tag or commit, not \(quoted(revision))")
        }
    }

    func run() async throws {
        let settings = try await global.settings()
        let repository = try HubRepository(parsing: repository)
        let hub = try hub(settings)
        let fetched = try ModelFetch(
            hub: hub, repository: repository, revision: revision, isOffline: offline,
            store: ModelStore(hub: hub.url, repository: repository),
            say: { StandardError.write("entente: \(neutral($0))\n") }, progress: DownloadBar.init
        ).run()
        var directory = fetched.directory
        if let output {
            try ModelCopy(files: fetched.contents.files, from: directory).place(at: output)
            directory = output
        }
        try describe(fetched, in: directory)
    }

    private func hub(_ settings: Settings) throws(CommandFailure) -> Hub {
        let text = hub ?? settings.foreign("HF_ENDPOINT") ?? "https://huggingface.co"
        guard let url = try? HTTPURL(parsing: text), !url.text.contains(where: { "@?#".contains($0) }) else {
            throw CommandFailure(
                .usage, "\(quoted(redactedURI(text))) is no hub; it has to be a URL such as https://huggingface.co.")
        }
        let token = settings.foreign("HF_TOKEN").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        guard token?.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) ?? true else {
            throw CommandFailure(.usage, "HF_TOKEN holds a space or line break.")
        }
        return Hub(url: url, token: token, client: HTTPClient(policy: .anywhere, usesProxy: true))
    }

    /// Reads the model whole, and says what it is.
    private func describe(_ fetched: ModelFetch.Fetched, in directory: String) throws {
        let summary = try ModelSummary(directory)
        _ = try LoadedModel(directory: directory)
        let contents = fetched.contents
        if json {
            return try StandardOutput.json(
                Document(
                    repository: contents.repository, revision: revision, commit: contents.commit, hub: contents.hub,
                    downloaded: fetched.downloaded, files: contents.files, model: summary))
        }
        let bytes = contents.files.reduce(0) { $0 + $1.bytes }
        let came = fetched.downloaded == 0 ? "all there already" : "\(readableBytes(fetched.downloaded)) fetched"
        try StandardOutput.line(
            "\(contents.repository) at \(contents.commit): \(contents.files.count) files, \(readableBytes(bytes)), \(came)"
        )
        try StandardOutput.line(summary.text(try Analysis.ModelFingerprint(directory: directory)))
        try StandardOutput.line("In an analysis file: model: \(neutral(directory))")
    }

    private struct Document: Encodable {
        let repository, revision, commit, hub: String
        /// Bytes.
        let downloaded: Int
        let files: [ModelStore.Contents.File]
        let model: ModelSummary
    }
}
