import Concepts
import Testing

@testable import Entente

/// What `method` may hold, and what is said of what it may not.
@Suite struct MethodValuesTests {
    private static let head = "  foreground: {crf: false}\n  parts: {by: [kmeans]}\n"

    @Test func everyValueIsRead() throws {
        let method = try AnalysisFixture().read(
            AnalysisFixture.method(
                """
                  decomposition: group
                  image: official
                  precision: bf16
                  features: ensemble
                  foreground: {by: tokencut, threshold: mean, crf: false}
                  parts: {by: [kmeans, pca], count: 3, seed: -4, signs: left}
                  prompting: {thickness: 2, blur: 5, ellipse: exact}
                  retrieval: {candidates: 9, per_part: 2, relevance: off, offset: 0.5, transport: {lambda: 2, iterations: 7}}
                  language: {class: label, count: 6}

                """)
        ).method
        var expected = MethodParameters()
        expected.decomposition = .group
        expected.image = .official
        expected.precision = .bf16
        expected.features = .ensemble
        expected.foreground.by = .tokencut
        expected.foreground.threshold = .mean
        expected.foreground.crf = nil
        expected.parts.by = [.kmeans, .pca]
        expected.parts.count = 3
        expected.parts.seed = -4
        expected.parts.signs = .left
        expected.prompting.thickness = 2
        expected.prompting.blur = 5
        expected.prompting.ellipse = .exact
        expected.retrieval.candidates = 9
        expected.retrieval.perPart = 2
        expected.retrieval.relevance = .off
        expected.retrieval.offset = 0.5
        expected.retrieval.transport?.lambda = 2
        expected.retrieval.transport?.iterations = 7
        expected.language.class = .label
        expected.language.count = 6
        #expect(method == expected)
    }

    @Test func transportCanBeOff() throws {
        let off = try AnalysisFixture().read(AnalysisFixture.method("  retrieval: {transport: off}\n"))
        #expect(off.method.retrieval.transport == nil)
        let problems = try AnalysisFixture().problems(AnalysisFixture.method("  retrieval: {transport: none}\n"))
        #expect(problems.first?.message.contains("`method.retrieval.transport` has to be") == true, "\(problems)")
    }

    @Test func theCRFIsAWordOrItsValues() throws {
        func crf(_ value: String) throws -> MethodParameters.CRF? {
            try AnalysisFixture().read(AnalysisFixture.method("  foreground: {crf: \(value)}\n")).method.foreground.crf
        }
        #expect(try crf("true") == .init())
        #expect(try crf("false") == nil)
        #expect(try crf("{}") == .init())
        #expect(
            try crf("{weights: [10, 3], widths: {xy: 40, rgb: 13, spatial: 3}, iterations: 5, spatial: lattice}")
                == .init())
        var other = MethodParameters.CRF()
        (other.weights.appearance, other.weights.smoothness) = (4, 0.5)
        (other.widths.rgb, other.iterations, other.spatial) = (20, 7, .exact)
        #expect(try crf("{weights: [4, 0.5], widths: {rgb: 20}, iterations: 7, spatial: exact}") == other)
    }

    @Test(arguments: [
        (
            "yes please", "`method.foreground.crf`",
            "true, false or a mapping of `weights`, `widths`, `iterations`, `spatial`"
        ),
        ("[1]", "`method.foreground.crf`", "true, false or a mapping"),
        ("{sharpness: 3}", "`method.foreground.crf.sharpness`", "known are `weights`"),
        ("{weights: 10}", "`method.foreground.crf.weights`", "a list of 2 numbers, not \"10\""),
        ("{weights: [10]}", "`method.foreground.crf.weights`", "a list of 2 numbers"),
        ("{weights: [10, many]}", "`method.foreground.crf.weights`", "a list of 2 numbers, not \"many\""),
        ("{weights: [10, -3]}", "method.foreground.crf.weights is [10.0, -3.0]", "from 0 to 10000"),
        ("{widths: 40}", "`method.foreground.crf.widths`", "a mapping of `xy`, `rgb`, `spatial`"),
        ("{widths: {x: 40}}", "`method.foreground.crf.widths.x`", "known are `xy`"),
        ("{widths: {xy: wide}}", "`method.foreground.crf.widths.xy`", "a number, not \"wide\""),
        ("{widths: {xy: 0}}", "method.foreground.crf.widths.xy is 0", "from 1 to 1000"),
        ("{widths: {rgb: 2000}}", "method.foreground.crf.widths.rgb is 2000", "from 1 to 1000"),
        ("{widths: {spatial: 0.5}}", "method.foreground.crf.widths.spatial is 0.5", "from 1 to 1000"),
        ("{iterations: 0}", "method.foreground.crf.iterations is 0", "from 1 to 100"),
        ("{iterations: 2.5}", "`method.foreground.crf.iterations`", "a whole number"),
        ("{spatial: near}", "`method.foreground.crf.spatial`", "one of `lattice`, `exact`, not \"near\""),
    ]) func valuesThatTheCRFCantHave(value: String, names: String, mends: String) throws {
        let problems = try AnalysisFixture().problems(AnalysisFixture.method("  foreground: {crf: \(value)}\n"))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.line == 6)
        #expect(problems.first?.message.contains(names) == true, "\(problems)")
        #expect(problems.first?.message.contains(mends) == true, "\(problems)")
    }

    @Test func defaultsAreTheMethods() throws {
        #expect(try AnalysisFixture().read(AnalysisFixture.method("  image: squash\n")).method == MethodParameters())
    }

    @Test(arguments: [
        ("  parts: {by: [kmeans], count: 0}\n", "method.parts.count is 0", "from 1 to 63"),
        ("  parts: {by: [kmeans], count: 64}\n", "method.parts.count is 64", "from 1 to 63"),
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
        (
            "parts: {by: [tree]}",
            "`method.parts.by` has to be one of `pca`, `kmeans`, `mm_cbm`, `mm_protosim`, `feature_maps`, not \"tree\""
        ),
        ("retrieval: {offset: .inf}", "`method.retrieval.offset` has to be a number, not \".inf\""),
        ("retrieval: {relevance: none}", "`mean_minus`, `median_plus`, `off`, not \"none\""),
        ("language: {class: {a: b}}", "`method.language.class` has to be one of `predicted`, `label`"),
        ("precision: fp16", "`method.precision` has to be one of `fp32`, `bf16`, `int8`, not \"fp16\""),
        ("image: 5", "`method.image` has to be one of `squash`, `crop`, `official`, not \"5\""),
    ]) func valuesOfAnotherKind(line: String, says: String) throws {
        let others = Self.head.split(separator: "\n").filter { !$0.contains(line.prefix(5)) }
        let problems = try AnalysisFixture().problems(
            AnalysisFixture.method("  \(line)\n" + others.joined(separator: "\n") + "\n"))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.message.contains(says) == true, "\(problems)")
    }

    @Test func denseMethodsAreRead() throws {
        func read(_ lines: String) throws -> MethodParameters {
            try AnalysisFixture().read(AnalysisFixture.method(lines)).method
        }
        let both = try read("  features: {dense: sc-clip}\n  prompting: {mode: single_pass, dense: maskclip}\n")
        #expect(both.features == .dense(.scClip))
        #expect(both.prompting.dense == .maskclip)
        #expect(try read("  prompting: {mode: single_pass}\n").prompting.dense == .naclip)
        // Stated defaults change nothing.
        #expect(try read("  prompting: {mode: circles, thickness: 1, ellipse: opencv}\n") == MethodParameters())
    }

    @Test func denseMethodsTakeFloatsAlone() throws {
        let problems = try AnalysisFixture().problems(
            AnalysisFixture.method("  precision: int8\n  prompting: {mode: single_pass, dense: sclip}\n"))
        #expect(problems.count == 1 && problems.first?.line == 6, "\(problems)")
        #expect(
            problems.first?.message.contains("it must be fp32 where method.prompting asks for sclip") == true,
            "\(problems)")
    }

    @Test(arguments: [
        ("features: {dense: clip}", "`method.features.dense` has to be one of `raw`, `maskclip`, `clip-surgery`"),
        ("features: {}", "`method.features.dense` is missing"),
        ("features: {dense: raw, keys: 1}", "`method.features.keys` is not known"),
        ("features: dense", "`method.features` has to be one of `tokens`, `keys`, `ensemble`"),
        ("prompting: {mode: squares}", "`method.prompting.mode` has to be one of `circles`, `single_pass`"),
        ("prompting: {dense: naclip}", "`method.prompting.dense` is for `mode: single_pass`"),
        ("prompting: {mode: single_pass, blur: 11}", "`method.prompting.blur` is for `mode: circles`"),
        ("prompting: {mode: single_pass, ellipse: exact}", "`method.prompting.ellipse` is for `mode: circles`"),
        ("prompting: {ellipse: round}", "`method.prompting.ellipse` has to be one of `opencv`, `exact`, not \"round\""),
        ("prompting: {mode: single_pass, dense: 3}", "`method.prompting.dense` has to be one of"),
    ]) func denseMethodsAreRefusedByName(line: String, says: String) throws {
        let problems = try AnalysisFixture().problems(AnalysisFixture.method("  \(line)\n" + Self.head))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.line == 6, "\(problems)")
        #expect(problems.first?.message.contains(says) == true, "\(problems)")
    }
}
