import Inference
import Testing

@testable import Concepts

/// Which analyses have the classes of another, told by more, and what tables tell part methods by.
@Suite struct AugmentationTests {
    private static func analysis(
        _ lists: [[String]], wording: DescriptorWording = .standard, weights: String = "w",
        _ change: (inout MethodParameters) -> Void = { _ in }
    ) -> Analysis {
        // In the order of their first occurrence, which is another one in another bank.
        var bank: [Identifier] = []
        for text in lists.joined() where !bank.contains(Identifier(text)) { bank.append(Identifier(text)) }
        let places = lists.map { $0.compactMap { bank.firstIndex(of: Identifier($0)) } }
        var method = MethodParameters()
        change(&method)
        return Analysis(
            model: .init(weights: weights, configuration: "c", tokenizer: "t"),
            classes: lists.indices.map { .init(id: Identifier("n\($0)"), name: "class \($0)") }, descriptors: bank,
            templates: [], classifier: .descriptors(places, wording: wording), descriptorTemplate: "{}", method: method)
    }

    private let base = Self.analysis([["a beak", "wings"], ["wings"], []])

    @Test func furtherDescriptorsAreAnAugmentation() {
        #expect(Self.analysis([["a beak", "wings", "a tail"], ["wings"], []]).augments(base))
        #expect(Self.analysis([["a beak", "wings"], ["wings", "a beak"], ["fins"]]).augments(base))
        // What is found beside the prediction is nobody's business.
        #expect(Self.analysis([["a beak", "wings"], ["wings"], ["fins"]]) { $0.parts.by = [] }.augments(base))
    }

    @Test func othersAreNone() throws {
        #expect(!base.augments(base))
        #expect(!base.augments(Self.analysis([["a beak", "wings", "a tail"], ["wings"], []])))
        // Another order, one that is left out, and one of another class.
        #expect(!Self.analysis([["wings", "a beak", "a tail"], ["wings"], []]).augments(base))
        #expect(!Self.analysis([["a beak"], ["wings", "a tail"], ["fins", "a tail"]]).augments(base))
        #expect(!Self.analysis([["a beak", "wings", "a tail"], ["wings"]]).augments(base))
        let more = [["a beak", "wings", "a tail"], ["wings"], []]
        #expect(!Self.analysis(more, weights: "other").augments(base))
        let wording = try #require(DescriptorWording("{class}: {descriptor}"))
        #expect(!Self.analysis(more, wording: wording).augments(base))
        #expect(!Self.analysis(more) { $0.image = .crop }.augments(base))
        #expect(!Self.analysis(more) { $0.precision = .int8 }.augments(base))
        let named = Analysis(
            model: base.model, classes: base.classes, descriptors: [], templates: ["{}"], descriptorTemplate: "{}",
            method: MethodParameters())
        #expect(!named.augments(base) && !base.augments(named))
    }

    @Test func placesThatAreNoneTrapNobody() {
        let broken = Analysis(
            model: base.model, classes: base.classes, descriptors: ["a beak"], templates: [],
            classifier: .descriptors([[0, 9], [], []], wording: .standard), descriptorTemplate: "{}",
            method: MethodParameters())
        #expect(!broken.augments(base) && !base.augments(broken))
    }

    @Test func keysNameAPartMethod() throws {
        #expect(PartMethod(key: "pca") == .pca && PartMethod(key: "kmeans@sc-clip+naclip") == .kmeans)
        #expect(PartMethod(key: "kmeans+naclip")?.needsTraining == false && PartMethod(key: "kmean") == nil)
    }
}
