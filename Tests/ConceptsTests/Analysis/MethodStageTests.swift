import Foundation
import Testing

@testable import Concepts

@Suite struct MethodStageTests {
    private func method(_ change: (inout MethodParameters) -> Void) -> MethodParameters {
        var method = MethodParameters()
        change(&method)
        return method
    }

    private func stages(_ method: MethodParameters) -> [MethodStage] {
        MethodStage.allCases.filter { $0.isUsed(by: method) }
    }

    @Test func anAnalysisUsesWhatItComputes() {
        let always: [MethodStage] = [.text, .vision, .decomposition, .retrieval, .agreement]
        #expect(
            stages(MethodParameters())
                == MethodStage.allCases.filter { (always + [.refinement, .prompting]).contains($0) })
        let plain = method { $0.foreground.crf = nil }
        #expect(stages(plain) == MethodStage.allCases.filter { (always + [.prompting]).contains($0) })
        let single = method {
            $0.foreground.crf = nil
            $0.prompting.dense = .naclip
        }
        #expect(stages(single) == MethodStage.allCases.filter { (always + [.dense, .pooling]).contains($0) })
        let features = method { $0.features = .dense(.naclip) }
        #expect(
            stages(features)
                == MethodStage.allCases.filter { (always + [.dense, .refinement, .prompting]).contains($0) })
    }

    /// A change of one stage moves the analyses that use it and leaves the others.
    @Test(arguments: MethodStage.allCases) func aChangedStageMovesItsOwn(stage: MethodStage) {
        let next = MethodStage.newest + 1
        let methods = [
            MethodParameters(), method { $0.foreground.crf = nil }, method { $0.prompting.dense = .sclip },
            method { $0.features = .dense(.raw) },
            method {
                $0.foreground.crf = nil
                $0.prompting.dense = .maskclip
            },
            method { $0.evaluation = .init() },
            method { $0.precision = .bf16 },
            method { $0.parts.by = [.kmeans, .mmCBM] },
        ]
        for method in methods {
            let moved = MethodStage.revision(of: method) { $0 == stage ? next : $0.revision }
            #expect(moved == (stage.isUsed(by: method) ? next : MethodStage.revision(of: method)))
        }
    }

    /// Two stages that changed have two numbers, so that no number stands for two things. Those that never changed share 1.
    @Test func noTwoChangesShareANumber() {
        let changed = MethodStage.allCases.map(\.revision).filter { $0 > 1 }
        #expect(Set(changed).count == changed.count)
        #expect(changed.allSatisfy { $0 <= MethodStage.newest })
    }

    @Test func analysesTakeTheRevisionOfWhatTheyUse() {
        let method = method { $0.prompting.dense = .naclip }
        let analysis = Analysis(
            model: .init(weights: "w", configuration: "c", tokenizer: "t"), classes: [], descriptors: [],
            templates: ["{}"], descriptorTemplate: "{}", method: method)
        #expect(analysis.methodRevision == MethodStage.revision(of: method))
    }

    /// Of two models that differ in how texts are read, one moves, and what is known of the other stays byte for byte.
    @Test func modelsWithTextsOfTheirOwnMoveAlone() throws {
        func analysis(_ textRevision: Int?) -> Analysis {
            Analysis(
                model: .init(weights: "w", configuration: "c", tokenizer: "t", textRevision: textRevision),
                classes: [.init(id: "a", name: "a")], descriptors: ["d"], templates: ["{}"], descriptorTemplate: "{}",
                method: MethodParameters())
        }
        let (plain, own) = (analysis(nil), analysis(MethodStage.ownText.revision))
        #expect(plain.methodRevision == MethodStage.revision(of: MethodParameters()))
        #expect(!plain.canonicalJSON.contains("text_revision"))
        #expect(own.methodRevision >= MethodStage.ownText.revision && own.id != plain.id)
        for analysis in [plain, own] {
            #expect(try JSONDecoder().decode(Analysis.self, from: Data(analysis.canonicalJSON.utf8)) == analysis)
        }
    }
}
