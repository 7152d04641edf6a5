import Concepts
import Foundation
import Settings

/// A report as one HTML file that needs nothing else: no network, no mouse, no light.
package struct ReportPage {
    private let content: ReportContent
    private let charts: AgreementCharts

    package init(_ content: ReportContent) {
        self.content = content
        charts = AgreementCharts(content.comparison)
    }

    package var html: String {
        let sections = [
            ("figures", "Figures", figures()), ("dynamics", "MI dynamics", dynamics()),
            ("models", content.comparison.methods.isEmpty ? "Accuracy" : "AUC and accuracy", models()),
            ("truth", "Ground truth", truth()),
            ("judged", "Explanations judged", ReportJudgedTables(content.faithfulness, content.foreground).html),
            ("classes", "Classes", content.partMethod == nil ? "" : ReportClassTable(content.classes).html),
            ("agreeing", "Where the encoders agree most", examples(content.agreeing)),
            ("disagreeing", "Where they agree least", examples(content.disagreeing)),
            ("method", "Method", method()),
        ].filter { !$0.2.isEmpty }
        let links = sections.map { "<li><a href=\"#\($0.0)\">\(text($0.1))</a></li>" }.joined()
        let body = sections.map { id, title, html in
            "<section id=\"\(id)\" aria-labelledby=\"\(id)-title\"><h2 id=\"\(id)-title\">\(text(title))</h2>\n\(html)</section>"
        }
        return PageFrame.html(
            title: content.details.name
                + (content.partMethod == nil ? " – zero-shot predictions" : " – what both encoders agree on"),
            policy: "img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'",
            body: """
                <header>
                <h1>\(text(content.details.name))</h1>
                <p class="quiet">Analysis \(text(content.details.id)), registered \(text(content.details.registeredAt.readableTime)) UTC</p>
                <p>\(text(standing))</p>
                <nav aria-label="Sections"><ul>\(links)</ul></nav>
                </header>
                <main>
                \(body.joined(separator: "\n"))
                </main>
                <script>\(ReportStyle.script)</script>
                """)
    }

    private var standing: String {
        let progress = content.details.progress
        let reasons = content.failures.map { "\($0.images) \($0.kind)" }.joined(separator: ", ")
        return "\(progress.done) of \(progress.expected) images done, \(progress.failed) failed"
            + (reasons.isEmpty ? "" : " (\(reasons))") + ", \(progress.pending) pending."
    }

    // MARK: - Sections

    private func figures() -> String {
        guard let own = content.own else { return "" }
        if content.partMethod == nil { return own.predictions.map(predictions) ?? "" }
        let accuracy = own.top1.map {
            "<p>Zero-shot top-1 \(percent($0.value)) <span class=\"quiet\">(95 % interval \(percent($0.lower)) to "
                + "\(percent($0.upper)), resampling classes)</span></p>"
        }
        var rows = ""
        for (method, found) in own.partMethods.sorted(by: { $0.key < $1.key }) {
            for estimator in ModelComparison.estimators {
                let figures = estimator.of(found)
                func cells(_ estimate: DatasetStatistics.Estimate, _ null: ClassShuffleNull.Distribution?) -> String {
                    number(nats(estimate.value)) + number("\(nats(estimate.lower)) – \(nats(estimate.upper))")
                        + number(null.map { "\(nats($0.mean)) (p \(String(format: "%.3g", $0.pValue)))" } ?? "–")
                }
                rows +=
                    "<tr><td>\(text(method))</td><td>\(estimator.name)</td>\(cells(figures.mi, figures.null?.mi))"
                    + "\(cells(figures.auc, figures.null?.auc))</tr>\n"
            }
        }
        return (accuracy ?? "")
            + """
            <div class="scroll" tabindex="0" role="region" aria-label="Figures">
            <table><caption>Means over the images in nats, with 95 % intervals, and what shuffled classes would give</caption>
            <thead><tr><th>parts</th><th>estimator</th><th class="number">MI</th><th class="number">interval</th>\
            <th class="number">by chance</th><th class="number">AUC</th><th class="number">interval</th>\
            <th class="number">by chance</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """
    }

    /// Of an analysis that finds no parts.
    private func predictions(_ found: ZeroShotStatistics) -> String {
        let shares = [("top-1", found.top1), ("top-5", found.top5)].compactMap { name, estimate in
            estimate.map {
                "<p>Zero-shot \(name) \(percent($0.value)) <span class=\"quiet\">(95 % interval \(percent($0.lower)) to "
                    + "\(percent($0.upper)), resampling classes)</span></p>"
            }
        }
        return
            (shares.isEmpty ? "<p>No image has a label, so there is no accuracy.</p>" : shares.joined(separator: "\n"))
            + "<p class=\"quiet\">\(found.images) images, \(found.labelled) of them labelled. This analysis predicts and finds no parts: "
            + "there are no concepts and no mutual information.</p>"
    }

    private func dynamics() -> String {
        content.comparison.methods.isEmpty
            ? ""
            : ModelComparison.estimators.map {
                drawing(charts.dynamics($0.of, named: $0.name), "MI dynamics, \($0.name)")
            }
            .joined(separator: "\n")
    }

    private func models() -> String {
        guard content.comparison.models.count > 1 else { return "" }
        let rows = content.comparison.models.map { model in
            let aucs = content.comparison.methods.flatMap { method in
                ModelComparison.estimators.map { estimator in
                    number(model.partMethods[method].map { nats(estimator.of($0).auc.value) } ?? "–")
                }
            }
            return
                "<tr><td>\(text(model.name))</td>\(number(model.top1.map { percent($0.value) } ?? "–"))\(aucs.joined())</tr>"
        }
        let heads = content.comparison.methods.flatMap { method in
            ModelComparison.estimators.map { "<th class=\"number\">AUC \(text(method)), \($0.name)</th>" }
        }
        return (heads.isEmpty ? "" : drawing(charts.accuracyOverAUC(), "Accuracy over AUC"))
            + """
            <div class="scroll" tabindex="0" role="region" aria-label="Models"><table>
            <thead><tr><th>analysis</th><th class="number">top-1</th>\(heads.joined())</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            """
    }

    private func truth() -> String {
        guard let own = content.own, !own.groundTruth.isEmpty else { return "" }
        let rows = own.groundTruth.map { row in
            "<tr><td>\(text(row.partMethod))</td>\(number(String(row.images)))\(number(percent(row.corloc)))"
                + "\(number(row.corlocChance.map(percent) ?? "–"))"
                + "\(number(decimal(row.foregroundOverlap)))\(number(row.purity.map(decimal) ?? "–"))"
                + "\(number(row.adjustedRandIndex.map(decimal) ?? "–"))\(number(row.mutualPrecision.map(percent) ?? "–"))"
                + "\(number(row.visionPrecision.map(percent) ?? "–"))\(number(row.chancePrecision.map(percent) ?? "–"))</tr>"
        }
        let heads = [
            "images", "CorLoc", "anywhere", "object IoU", "purity", "ARI", "mutual true", "seen true", "by chance",
        ]
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="Ground truth"><table>
            <thead><tr><th>parts</th>\(heads.map { "<th class=\"number\">\($0)</th>" }.joined())</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            """
    }

    private func examples(_ examples: [ReportContent.Example]) -> String {
        guard !examples.isEmpty else { return "" }
        return
            "<p class=\"quiet\">By AUC of \(text(content.partMethod ?? "")) parts, released estimator.</p><div class=\"examples\">"
            + examples.map { ReportExample($0).html }.joined(separator: "\n") + "</div>"
    }

    private func method() -> String {
        let model = content.analysis.model
        let rows = [
            ("model weights", model.weights), ("configuration", model.configuration), ("tokenizer", model.tokenizer),
            ("classes", "\(content.analysis.classes.count)"), ("descriptors", "\(content.analysis.descriptors.count)"),
            content.analysis.classifier.map { ("classifier", $0.explanation) }
                ?? ("templates", content.analysis.templates.joined(separator: " | ")),
            ("descriptor template", content.analysis.descriptorTemplate),
            ("values", (try? JSONEncoder.sorted(content.analysis.method)) ?? ""),
            ("method revision", "\(content.analysis.methodRevision)"),
            ("report made by", "entente \(BuildInformation.version)"),
        ]
        return "<dl>" + rows.map { "<dt>\($0.0)</dt><dd>\(text($0.1))</dd>" }.joined() + "</dl>"
    }

    // MARK: - Pieces

    private func drawing(_ svg: String, _ label: String) -> String {
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(text(label))\">\(svg)</div>"
    }

    private func text(_ content: String) -> String { Markup.escaped(content) }
    private func number(_ content: String) -> String { "<td class=\"number\">\(text(content))</td>" }
    private func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
    private func decimal(_ value: Double) -> String { String(format: "%.2f", value) }
    /// Small numbers with the decimals they need: membership information is a thousandth of the released.
    private func nats(_ value: Double) -> String { String(format: abs(value) < 0.5 ? "%.4f" : "%.2f", value) }
}
