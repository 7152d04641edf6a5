import Foundation
import Testing

@testable import Concepts

/// What trained heads add to an analysis's identity, and that they add nothing where there are none.
@Suite struct ExplainersTests {
    private func analysis(_ by: [PartMethod], _ explainers: [PartMethod: String] = [:]) -> Analysis {
        var method = MethodParameters()
        method.parts.by = by
        return Analysis(
            model: .init(weights: "w", configuration: "c", tokenizer: "t"), classes: [.init(id: "a", name: "a")],
            descriptors: ["d"], templates: ["{}"], descriptorTemplate: "{}", method: method, explainers: explainers)
    }

    @Test func withoutHeadsNothingIsSaid() {
        let plain = analysis([.pca, .kmeans])
        #expect(!plain.canonicalJSON.contains("explainers"))
        // Written out: handed out before there was such a key.
        #expect(plain.id == "58e9f394843b7826055e487c40aea1e6")
        #expect(plain.explainerProblem == nil && plain.methodRevision < MethodStage.trained.revision)
    }

    @Test func everyHeadIsAnotherAnalysisAndComesBack() throws {
        let analyses = [
            analysis([.mmCBM], [.mmCBM: "aa"]), analysis([.mmCBM], [.mmCBM: "ab"]),
            analysis([.kmeans, .mmCBM], [.mmCBM: "aa"]), analysis([.mmCBM, .kmeans], [.mmCBM: "aa"]),
            analysis([.mmCBM, .featureMaps], [.mmCBM: "aa", .featureMaps: "aa"]),
            analysis([.mmProtoSim], [.mmProtoSim: "aa"]),
        ]
        #expect(Set(analyses.map(\.id)).count == analyses.count)
        for analysis in analyses {
            #expect(try JSONDecoder().decode(Analysis.self, from: Data(analysis.canonicalJSON.utf8)) == analysis)
            #expect(analysis.methodRevision == MethodStage.trained.revision)
            #expect(analysis.explainerProblem == nil)
        }
        #expect(analyses[4].canonicalJSON.contains(#""explainers":{"feature_maps":"aa","mm_cbm":"aa"}"#))
    }

    @Test func headsAndPartMethodsBelongTogether() {
        let without = analysis([.kmeans, .mmProtoSim])
        #expect(without.explainerProblem?.contains("there is no explainers.mm_protosim") == true)
        let idle = analysis([.kmeans], [.featureMaps: "aa"])
        #expect(idle.explainerProblem?.contains("method.parts.by does not have feature_maps") == true)
    }

    @Test func anotherMethodLeavesTheHeadsAsTheyAre() {
        let (one, other) = (analysis([.mmCBM], [.mmCBM: "aa"]), analysis([.mmCBM], [.mmCBM: "bb"]))
        #expect(one.under(one.method).id == one.id)
        #expect(one.under(one.method).id != other.under(other.method).id)
    }

    @Test func headsAskForNoPromptedPictures() {
        var method = MethodParameters()
        method.parts.by = [.kmeans]
        let one = method.passesPerImage
        method.parts.by = [.kmeans, .mmCBM, .featureMaps]
        #expect(method.passesPerImage == one)
        #expect(method.key(of: .mmCBM) == "mm_cbm")
        method.features = .dense(.naclip)
        method.prompting.dense = .sclip
        #expect(method.key(of: .mmCBM) == "mm_cbm@naclip" && method.key(of: .kmeans) == "kmeans@naclip+sclip")
    }

    @Test func whatIsTrainedIsKnown() {
        #expect(PartMethod.trained == [.mmCBM, .mmProtoSim, .featureMaps])
        #expect(PartMethod.allCases.filter { !$0.needsTraining } == [.pca, .kmeans])
    }
}
