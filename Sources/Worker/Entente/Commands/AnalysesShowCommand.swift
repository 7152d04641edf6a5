import Analyzing
import ArgumentParser
import Concepts
import Foundation
import Persistence
import Reporting
import Settings

/// `analyses show`.
struct AnalysesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what an analysis is made of and how far it is.")

    @Argument(help: "Analysis id, a unique beginning of it, or its name.")
    var analysis: String

    @Flag(help: "Print JSON; \"content\" is what the id is computed from.")
    var json = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var global: GlobalOptions

    private struct Output: Encodable {
        let analysis, name: String
        let names: [String]
        let registered_at, setting_digest: String
        let progress: AnalysisProgress
        let submissions: Int
    }

    func run() async throws {
        let store = AnalysisStore(try await global.settings(database.flags).connect("analyses show"))
        let details = try store.details(store.resolve(analysis))
        if json {
            try StandardOutput.json(text: Self.json(details))
        } else {
            try StandardOutput.line(Self.text(details))
        }
    }

    private static func json(_ details: AnalysisDetails) throws -> String {
        let head = try JSONEncoder.sorted(
            Output(
                analysis: details.id, name: details.name, names: details.names, registered_at: details.registeredAt,
                setting_digest: details.settingDigest,
                progress: details.progress, submissions: details.submissions))
        // The content as it stands in the database, whichever build wrote it.
        return head.dropLast() + ",\"content\":\(details.canonicalJSON)}"
    }

    static func text(_ details: AnalysisDetails) -> String {
        let progress = details.progress
        var lines = [
            "\(neutral(details.name))  \(details.id)",
            "  registered   \(details.registeredAt.readableTime) UTC",
        ]
        let others = details.names.filter { $0 != details.name }
        if !others.isEmpty { lines.append("  also called  \(others.map(neutral).joined(separator: ", "))") }
        lines += [
            "  images       \(progress.expected) expected: \(progress.done) done, \(progress.failed) failed, "
                + "\(progress.pending) pending",
            "  submissions  \(details.submissions)",
        ]
        guard let analysis = try? JSONDecoder().decode(Analysis.self, from: Data(details.canonicalJSON.utf8)) else {
            return (lines + ["  Its content was written by another build; --json shows it."]).joined(separator: "\n")
        }
        let method = analysis.method
        lines += [
            "  model        weights \(analysis.model.weights.prefix(16))…, configuration "
                + "\(analysis.model.configuration.prefix(16))…",
            "  classes      \(analysis.classes.count): "
                + analysis.classes.map(\.name).joined(separator: ", ").shortened(to: 72),
            "  descriptors  \(analysis.descriptors.count): "
                + analysis.descriptors.map(\.text).joined(separator: ", ").shortened(to: 72),
            analysis.classifier.map { "  classifier   " + neutral($0.explanation) }
                ?? "  templates    \(analysis.templates.joined(separator: " | ").shortened(to: 72))",
            "  method       revision \(analysis.methodRevision), "
                + (method.findsParts
                    ? "decomposition \(method.decomposition.rawValue), features \(method.features.rawValue), "
                        + "\(method.parts.by.map(\.rawValue).joined(separator: " and ")) with \(method.parts.count) parts"
                    : "predictions alone")
                + (method.precision == .fp32 ? "" : ", in \(analysis.visionForm)"),
            "  setting      \(details.settingDigest) (equal for analyses that differ in the model alone)",
        ]
        return lines.joined(separator: "\n")
    }
}
