import Analyzing
import Concepts
import Inference
import Testing

@testable import Entente

/// What `explainers` may hold in an analysis file, and what is said of what it may not.
@Suite struct ExplainersFileTests {
    private static func yaml(_ by: String, _ explainers: String) -> String {
        AnalysisFixture.method("  parts: {by: \(by)}\n") + explainers
    }

    /// A folder with a file of a head's name; what it holds is looked at when the model is.
    private func fixture() throws -> AnalysisFixture {
        let fixture = try AnalysisFixture()
        for (name, value) in [("a", Float(1)), ("b", 2)] {
            try fixture.folder.makeFolder("heads/" + name)
            let writer = try SafetensorsWriter(
                path: fixture.folder("heads/\(name)/" + HeadFile.name), tensors: [.init("x", shape: [1])])
            try writer.append([value], to: "x")
            try writer.finish()
        }
        return fixture
    }

    @Test func headsAreReadRelativeToTheFile() throws {
        let fixture = try fixture()
        let file = try fixture.read(Self.yaml("[kmeans, mm_cbm]", "explainers: {mm_cbm: heads/a}\n"))
        let named = try #require(file.explainers[.mmCBM])
        #expect(named.folder == fixture.folder("heads/a"))
        #expect(try named.hash == FileDigest.sha256([named.folder + "/" + HeadFile.name]))
        #expect(file.analysis(model: .example).explainer(.mmCBM) == named.hash)
        // The hash is the identity, not the place.
        let ids = try ["heads/a", "heads/b", "./heads/../heads/a"].map {
            try fixture.id(Self.yaml("[kmeans, mm_cbm]", "explainers: {mm_cbm: \($0)}\n"))
        }
        #expect(ids[0] != ids[1] && ids[0] == ids[2])
        #expect(try fixture.id(Self.yaml("[kmeans]", "")) == fixture.id(Self.yaml("[kmeans]", "explainers: {}\n")))
    }

    @Test(arguments: [
        ("[mm_cbm]", "", "`method.parts.by` names `mm_cbm`, which has to be trained; write `explainers: {mm_cbm:"),
        ("[kmeans]", "explainers: {mm_cbm: heads/a}\n", "`explainers.mm_cbm` does nothing unless"),
        ("[mm_cbm]", "explainers: {mm_cbm: heads/none}\n", "heads/none/head.safetensors is missing"),
        ("[mm_cbm]", "explainers: {mm_cbm: heads}\n", "name a folder that entente train has written a head into"),
        ("[mm_cbm]", "explainers: {mm_cbm: []}\n", "`explainers.mm_cbm` has to be a non-empty string"),
        ("[kmeans]", "explainers: {pca: heads/a}\n", "`explainers.pca` is not known here; known are `mm_cbm`"),
        ("[kmeans]", "explainers: heads/a\n", "`explainers` has to be a mapping of `mm_cbm`"),
    ])
    func whatCannotBeIsNamed(by: String, explainers: String, message: String) throws {
        let problems = try fixture().problems(Self.yaml(by, explainers))
        #expect(problems.contains { $0.message.contains(message) }, "\(problems)")
    }
}
