import Analyzing
import Concepts
import Foundation
import Inference
import Persistence
import Reporting
import Settings

/// The same pictures explained by the most and by the least accurate model: where the former agrees with itself most and is
/// right while the latter is wrong, and where the former agrees least.
struct ZooExamples {
    let findings: ModelComparison
    let files: [AnalysisFile]
    let zoo: String
    let settings: Settings
    let connection: Connection

    private static let method = PartMethod.kmeans

    func write(to output: OutputFolder) throws {
        guard let best = findings.models.last, let worst = findings.models.first, best.name != worst.name else {
            return
        }
        let pictures = try chosen(best, worst)
        for model in [best, worst] {
            guard let file = files.first(where: { $0.name == model.name }) else { continue }
            let local = try LocalAnalysis(file, path: file.name, settings: settings)
            let analyzer = ImageAnalyzer(local.loaded, batchSize: 8)
            for (why, image) in pictures {
                let folder = Identifier(String(image.prefix { $0 != "/" }))
                let label = try? local.loaded.classIndex.find(folder).get()
                let prepared = try local.prepare(zoo + "/heldout/" + image, label: label).get()
                let card = Self.card(analyzer, prepared, local.loaded.analysis, model: model.name, image: image)
                if let card { try output.write(card.svg(), as: "example-\(why)-\(model.name).svg") }
            }
        }
    }

    /// Images by why they are shown.
    private func chosen(_ best: ModelComparison.Model, _ worst: ModelComparison.Model) throws -> [(
        why: String, image: String
    )] {
        let rows = try connection.query(
            """
            (SELECT 'agreeing', b.image_id FROM entente.image_scores AS b
            JOIN entente.image_scores AS w USING (image_id, part_method)
            WHERE b.analysis_id = $1 AND w.analysis_id = $2 AND b.part_method = $3 AND b.hit_at_1 AND NOT w.hit_at_1
            ORDER BY b.auc_released DESC, b.image_id LIMIT 1)
            UNION ALL
            (SELECT 'disagreeing', b.image_id FROM entente.image_scores AS b
            WHERE b.analysis_id = $1 AND b.part_method = $3 ORDER BY b.auc_released, b.image_id LIMIT 1)
            """, [.text(best.analysis), .text(worst.analysis), .text(Self.method.rawValue)])
        return try (0..<rows.count).map { (try rows.text($0, 0), try rows.text($0, 1)) }
    }

    private static func card(
        _ analyzer: ImageAnalyzer, _ image: PreparedImage, _ analysis: Analysis, model: String, image name: String
    ) -> ExplanationCard? {
        var drawings: ImageAnalyzer.Drawings?
        guard let findings = try? analyzer.analyze([image], onDrawings: { drawings = $1 }).first?.get(), let drawings,
            let found = findings.partMethods.first(where: { $0.method == method }),
            let parts = drawings.parts.first(where: { $0.grouping.method == method })
        else { return nil }
        let label = image.label.map { analysis.classes[$0].name } ?? "?"
        let predicted = analysis.classes[findings.predictedClass].name
        return ExplanationCard(
            title: "\(model): \(predicted == label ? "right, \(label)" : "wrong, \(predicted) for \(label)")",
            subtitle: "\(name), AUC \(String(format: "%.2f", found.agreement.released.auc.nats)) nats (released)",
            picture: PartOverlay.draw(parts.grouping, within: drawings.foreground, over: drawings.display),
            venn: VennDiagram(found, predicted: findings.predictedClass, analysis: analysis))
    }
}
