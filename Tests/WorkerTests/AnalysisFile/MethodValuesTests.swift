import Testing

@testable import Worker

/// What the method defines and this build does not do is refused by name, whether it is written or the default.
@Suite struct UnsupportedMethodTests {
    private static let head = "  foreground: {crf: false}\n  parts: {by: [kmeans]}\n"

    @Test(arguments: [
        ("  decomposition: group\n" + head, 6, "method.decomposition: group", "`image`"),
        ("  features: ensemble\n" + head, 6, "method.features: ensemble", "`tokens` or `keys`"),
        ("  foreground: {by: pca, crf: false}\n  parts: {by: [kmeans]}\n", 6, "method.foreground.by: pca", "`svd`"),
        ("  foreground: {by: laplacian, crf: false}\n  parts: {by: [kmeans]}\n", 6, "laplacian", "`svd`"),
        ("  parts: {by: [kmeans]}\n  foreground:\n    by: tokencut\n    crf: false\n", 8, "tokencut", "`svd`"),
        ("  foreground: {crf: true}\n  parts: {by: [kmeans]}\n", 6, "method.foreground.crf: true", "`false`"),
        ("  foreground: {crf: false}\n  parts:\n    by: [kmeans, pca]\n", 8, "method.parts.by: pca", "`kmeans`"),
    ]) func writtenOut(lines: String, line: Int, names: String, mends: String) throws {
        let problems = try AnalysisFixture().problems(AnalysisFixture.method(lines))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.line == line)
        #expect(problems.first?.message.contains(names) == true)
        #expect(problems.first?.message.contains("not implemented in this build; write \(mends)") == true)
        #expect(problems.first?.message.contains("default") == false)
    }

    @Test func defaultsOfAMethodThatLeavesThemOut() throws {
        let problems = try AnalysisFixture().problems(
            AnalysisFixture.method("  image: squash\n  foreground:\n    threshold: sign\n  parts:\n    count: 3\n"))
        #expect(problems.count == 2, "\(problems)")
        let crf = problems.first { $0.message.contains("method.foreground.crf: true (the default)") }
        #expect(crf?.message.contains("write `false`") == true)
        // The mapping that it is missing from.
        #expect(crf?.line == 8)
        let parts = problems.first { $0.message.contains("method.parts.by: pca (the default)") }
        #expect(parts?.message.contains("write `kmeans`") == true)
        #expect(parts?.line == 10)
    }

    @Test func defaultsOfAFileWithoutMethod() throws {
        let yaml =
            AnalysisFixture.minimal.prefix { $0 != "\n" } + "\n"
            + "model: model\nclasses: classes.json\ndescriptors: descriptors.json\n"
        let problems = try AnalysisFixture().problems(String(yaml))
        #expect(problems.count == 2, "\(problems)")
        #expect(problems.contains { $0.message.contains("method.foreground.crf: true (the default)") })
        #expect(problems.contains { $0.message.contains("method.parts.by: pca (the default)") })
    }

    @Test func severalAtOnce() throws {
        let problems = try AnalysisFixture().problems(
            AnalysisFixture.method("  decomposition: group\n  features: ensemble\n"))
        #expect(problems.count == 4, "\(problems)")
    }

    @Test(arguments: [
        ("  parts: {by: [kmeans], count: 0}\n", "method.parts.count is 0", "from 1 to 64"),
        ("  parts: {by: [kmeans], count: 65}\n", "method.parts.count is 65", "from 1 to 64"),
        ("  parts: {by: []}\n", "method.parts.by", "at least one"),
        ("  parts: {by: [kmeans, kmeans]}\n", "method.parts.by", "without repetitions"),
        ("  prompting: {thickness: 0}\n", "method.prompting.thickness is 0", "from 1 to 32"),
        ("  prompting: {blur: 10}\n", "method.prompting.blur is 10", "odd"),
        ("  prompting: {blur: 103}\n", "method.prompting.blur is 103", "101"),
        ("  retrieval: {candidates: 0}\n", "method.retrieval.candidates is 0", "at least 1"),
        ("  retrieval: {per_part: -1}\n", "method.retrieval.per_part is -1", "at least 1"),
        ("  retrieval: {transport: {lambda: 0}}\n", "method.retrieval.transport.lambda is 0", "above 0"),
        ("  retrieval: {transport: {iterations: 0}}\n", "method.retrieval.transport.iterations is 0", "at least 1"),
        ("  language: {count: 0}\n", "method.language.count is 0", "at least 1"),
    ]) func valuesOutOfRange(line: String, names: String, mends: String) throws {
        let others = Self.head.split(separator: "\n").filter { !line.hasPrefix($0.prefix(8)) }
        let problems = try AnalysisFixture().problems(
            AnalysisFixture.method(line + others.joined(separator: "\n") + "\n"))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.line == 6)
        #expect(problems.first?.message.contains(names) == true)
        #expect(problems.first?.message.contains(mends) == true)
    }

    @Test(arguments: [
        ("parts: {by: [kmeans], count: 2.5}", "`method.parts.count` has to be a whole number, not \"2.5\""),
        ("parts: {by: [kmeans], seed: 99999999999999999999}", "`method.parts.seed` has to be a whole number"),
        ("parts: {by: kmeans}", "`method.parts.by` has to be a list of `pca`, `kmeans`"),
        ("parts: {by: [tree]}", "`method.parts.by` has to be one of `pca`, `kmeans`, not \"tree\""),
        ("retrieval: {offset: .inf}", "`method.retrieval.offset` has to be a number, not \".inf\""),
        ("retrieval: {relevance: none}", "`mean_minus`, `median_plus`, `off`, not \"none\""),
        ("language: {class: {a: b}}", "`method.language.class` has to be one of `predicted`, `label`"),
        ("image: 5", "`method.image` has to be one of `squash`, `official`, not \"5\""),
    ]) func valuesOfAnotherKind(line: String, says: String) throws {
        let others = Self.head.split(separator: "\n").filter { !$0.contains(line.prefix(5)) }
        let problems = try AnalysisFixture().problems(
            AnalysisFixture.method("  \(line)\n" + others.joined(separator: "\n") + "\n"))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.message.contains(says) == true, "\(problems)")
    }
}
