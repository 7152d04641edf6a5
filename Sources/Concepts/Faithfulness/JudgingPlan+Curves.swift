extension JudgingPlan {
    /// What the answers to the pictures amount to; of an image without a label nothing that asks whether an answer is right.
    ///
    /// - Parameters:
    ///   - answers: one a picture, in order.
    ///   - whole: to the image as it is.
    ///   - label: the true class, if known.
    public func curves(_ answers: [MaskedAnswer], whole: MaskedAnswer, label: Int?) -> [JudgedCurve] {
        precondition(answers.count == count, "\(answers.count) answers to \(count) pictures")
        func answer(_ place: Int?) -> MaskedAnswer { place.map { answers[$0] } ?? whole }

        var curves: [JudgedCurve] = []
        var own: [String: [JudgedCurve.Metric: Int64]] = [:]
        for trial in trials {
            for metric in metrics {
                guard let points = points(of: trial, metric, label, answer) else { continue }
                let curve = JudgedCurve(
                    subject: trial.explainer, variant: trial.variant, metric: metric.judged, draws: trial.walks.count,
                    points: points)
                if trial.variant == JudgedCurve.importance {
                    own[trial.explainer, default: [:]][metric.judged] = curve.amount
                    curves.append(curve)
                } else {
                    // What is judged comes before its nulls.
                    let judged = own[trial.explainer]?[metric.judged] ?? 0
                    curves.append(curve.compared(Int64(curve.draws) * judged - curve.amount))
                }
            }
        }
        for stage in stages {
            let seen = answers[stage.masking]
            func add(_ metric: JudgedCurve.Metric, _ value: Int64, difference: Int64?) {
                curves.append(
                    JudgedCurve(
                        subject: JudgedCurve.foreground, variant: stage.name, metric: metric, points: [value],
                        difference: difference))
            }
            add(.score, seen.score, difference: whole.score - seen.score)
            add(.agreement, seen.predictedClass == whole.predictedClass ? 1 : 0, difference: nil)
            guard let label else { continue }
            let (hit, wholeHit): (Int64, Int64) = (
                seen.predictedClass == label ? 1 : 0, whole.predictedClass == label ? 1 : 0
            )
            add(.top1, hit, difference: wholeHit - hit)
        }
        return curves
    }

    /// After each step the sum over the trial's draws; nil if there is no telling without a label.
    private func points(
        of trial: Trial, _ metric: MethodParameters.Faithfulness.Metric, _ label: Int?,
        _ answer: (Int?) -> MaskedAnswer
    ) -> [Int64]? {
        let ways = trial.walks.map { metric == .deletion || metric == .accDrop ? $0.deletion : $0.insertion }
        let value: (MaskedAnswer) -> Int64
        switch metric {
        case .deletion, .insertion: value = { $0.score }
        case .accDrop, .accInc:
            guard let label else { return nil }
            value = { $0.predictedClass == label ? 1 : 0 }
        }
        return ways[0].indices.map { step in ways.reduce(Int64(0)) { $0 + value(answer($1[step])) } }
    }
}

extension MethodParameters.Faithfulness.Metric {
    /// What its curves are called.
    var judged: JudgedCurve.Metric {
        switch self {
        case .deletion: .deletion
        case .insertion: .insertion
        case .accDrop: .accDrop
        case .accInc: .accInc
        }
    }
}
