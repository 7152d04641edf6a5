import Concepts
import Testing

@testable import Entente

/// What `evaluation` may hold in an analysis file, and what is said of what it may not.
@Suite struct EvaluationFileTests {
    private func read(_ lines: String) throws -> MethodParameters.Evaluation? {
        try AnalysisFixture().read(AnalysisFixture.minimal + lines).method.evaluation
    }

    @Test func everyValueIsRead() throws {
        let read = try read(
            """
            evaluation:
              foreground: true
              faithfulness:
                metrics: [acc_inc, deletion]
                blur: 7
                insertion_blur: 31
                nulls: {random_order: 4, random_regions: 0}

            """)
        var expected = MethodParameters.Evaluation()
        expected.foreground = true
        var faithfulness = MethodParameters.Faithfulness()
        faithfulness.metrics = [.deletion, .accInc]
        (faithfulness.blur, faithfulness.insertionBlur) = (7, 31)
        (faithfulness.nulls.randomOrder, faithfulness.nulls.randomRegions) = (4, 0)
        expected.faithfulness = faithfulness
        #expect(read == expected)
    }

    @Test func defaultsAreNobodysChoice() throws {
        let fixture = try AnalysisFixture()
        let plain = try fixture.id(AnalysisFixture.minimal)
        for nothing in ["{}", "{foreground: false}", "{faithfulness: false}"] {
            #expect(try fixture.id(AnalysisFixture.minimal + "evaluation: \(nothing)\n") == plain)
        }
        let defaults = try fixture.id(AnalysisFixture.minimal + "evaluation: {faithfulness: true}\n")
        #expect(defaults != plain)
        for same in [
            "{}", "{blur: 11}", "{insertion_blur: same}", "{insertion_blur: 11}",
            "{metrics: [acc_inc, insertion, acc_drop, deletion]}", "{nulls: {random_order: 1, random_regions: 1}}",
            "{nulls: {truth: false}}",
        ] {
            #expect(
                try fixture.id(AnalysisFixture.minimal + "evaluation: {faithfulness: \(same)}\n") == defaults, "\(same)"
            )
        }
        // The same as the blur, whatever that is.
        let blurred = try read("evaluation: {faithfulness: {blur: 5, insertion_blur: same}}\n")
        #expect(blurred?.faithfulness?.insertionBlur == 5)
    }

    @Test(arguments: [
        ("[]", "`evaluation` has to be a mapping of `faithfulness`, `foreground`"),
        ("{faith: true}", "`evaluation.faith` is not known here"),
        ("{foreground: perhaps}", "`evaluation.foreground` has to be true or false, not \"perhaps\""),
        ("{faithfulness: 3}", "`evaluation.faithfulness` has to be true, false or a mapping of `metrics`"),
        ("{faithfulness: {metrics: [delete]}}", "`evaluation.faithfulness.metrics` has to be one of `deletion`"),
        ("{faithfulness: {metrics: []}}", "evaluation.faithfulness.metrics is []"),
        ("{faithfulness: {metrics: [deletion, deletion]}}", "a list without repetitions"),
        ("{faithfulness: {blur: 12}}", "evaluation.faithfulness.blur is 12; it must be odd"),
        ("{faithfulness: {insertion_blur: other}}", "has to be a whole number or `same`, not \"other\""),
        ("{faithfulness: {nulls: {random_order: 1000}}}", "nulls.random_order is 1000; it must be from 0 to 100"),
        ("{faithfulness: {nulls: {truth: true}}}", "nulls.truth` can't be true: workers know no ground truth"),
        ("{faithfulness: {nulls: {shuffled: 1}}}", "`evaluation.faithfulness.nulls.shuffled` is not known here"),
    ])
    func whatCannotBeIsNamedWithItsLine(value: String, message: String) throws {
        let problems = try AnalysisFixture().problems(AnalysisFixture.minimal + "evaluation: \(value)\n")
        #expect(problems.contains { $0.message.contains(message) && $0.line == 8 }, "\(problems)")
    }

    @Test func withoutPartsThereIsNothingToJudge() throws {
        let plain = "name: plain\nmodel: model\nclasses: classes.json\nmethod: {parts: {by: []}}\n"
        let problems = try AnalysisFixture().problems(plain + "evaluation: {foreground: true}\n")
        #expect(
            problems.map(\.message) == [
                "`evaluation` judges parts, and `method.parts.by` is []; leave one of the two out."
            ])
    }
}
