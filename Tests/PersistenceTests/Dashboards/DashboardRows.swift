import Concepts
import Inference

@testable import Persistence

/// An analysis and a replay of it, with results of both part methods, failures, dead letters and a partition at work.
enum DashboardRows {
    static func write(on connection: Connection) throws {
        let analyses = try ["old", "new"].map { try Fixture.register($0, on: connection) }
        let submissions = SubmissionStore(connection)
        var offset: Int64 = 0
        var former: String?
        for analysis in analyses {
            try AnalysisStore(connection).storeLanguageConcepts(
                (0..<Fixture.classCount).map { [.init(descriptor: $0, similarity: 0.5)] }, analysisID: analysis)
            let submission = try submissions.create(
                analysisID: analysis, kind: former == nil ? .submit : .replay, replayedFrom: former)
            let ids = (0..<24).map { "image \($0)" }
            try submissions.expect(ids.map { ImageReference(id: Identifier($0), uri: "file:///\($0)") }, of: submission)
            try submissions.plan(jobs: 3, of: submission)
            // Three images stay pending, one fails.
            let rows = ids.dropLast(4).enumerated().map { index, id in
                Fixture.row(
                    Identifier(id), analysisID: analysis, label: index % Fixture.classCount,
                    findings: findings(index, shifted: former == nil ? 0 : 1), submission: submission.id)
            }
            offset += 1
            try BatchWriter(connection).write(
                WriteBatch(
                    results: rows, failures: [Fixture.failure("image 20", analysisID: analysis, offset: offset)],
                    deadLetters: [
                        DeadLetter(
                            source: .init(topic: "jobs", partition: 1, offset: offset), key: nil, value: [123],
                            reason: "It is damaged.")
                    ]))
            former = analysis
        }
        let partition = PartitionKey(group: "g", topic: "jobs", partition: 1)
        let claim = try OffsetLedger(connection).claim(partition, owner: "w")
        _ = try InFlightStore(connection).take(partition, offset: 7, epoch: claim.epoch, alone: false)
    }

    /// Of every class some images are predicted as it and some as the next.
    private static func findings(_ index: Int, shifted shift: Int) -> ImageFindings {
        let label = index % Fixture.classCount
        let predicted = index < 2 * Fixture.classCount ? label : (label + 1 + shift) % Fixture.classCount
        let parts = [PartMethod.pca, .kmeans].map { method in
            Fixture.parts(
                method, vision: [label, label + 1 + shift, 19], language: [label, label + 2],
                released: [9, 6, 3, 0].map { $0 * Int64(1_000_000_000 + index) },
                membership: [4, 2, 1, 0].map { $0 * Int64(1_000_000 + index) })
        }
        return Fixture.findings(predicted: predicted, parts: parts).judged(
            by: curves(index, isRight: predicted == label))
    }

    /// Two steps of every part method and metric, by importance and by both nulls, and every stage of the foreground.
    private static func curves(_ index: Int, isRight: Bool) -> [JudgedCurve] {
        let right: Int64 = isRight ? 1 : 0
        let regions = ["kmeans", "pca"].flatMap { subject in
            [JudgedCurve.Metric.deletion, .insertion, .accDrop, .accInc].flatMap { metric in
                let own = [right, right, index.isMultiple(of: 3) ? 1 : 0].map { $0 * metric.unit }
                let curve = JudgedCurve(
                    subject: subject, variant: JudgedCurve.importance, metric: metric, points: own)
                return [curve]
                    + [JudgedCurve.randomOrder, JudgedCurve.randomRegions].map { null in
                        JudgedCurve(
                            subject: subject, variant: null, metric: metric, points: own.reversed(), difference: 0)
                    }
            }
        }
        let foreground = ["nearest", "component", "crf"].flatMap { stage in
            [JudgedCurve.Metric.score, .agreement, .top1].map { metric in
                JudgedCurve(
                    subject: JudgedCurve.foreground, variant: stage, metric: metric, points: [right * metric.unit],
                    difference: metric == .agreement ? nil : 0)
            }
        }
        return regions + foreground
    }
}
