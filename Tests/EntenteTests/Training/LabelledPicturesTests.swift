import Analyzing
import Concepts
import Testbed
import Testing

@testable import Entente

/// Folders of classes, as `train` takes them.
@Suite struct LabelledPicturesTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private let classes = ClassIndex([.init(id: "n1", name: "tench"), .init(id: "n2", name: "crane")])

    private func refusal() -> String {
        let failure = #expect(throws: CommandFailure.self) {
            try LabelledPictures(scratch.path, classes: classes)
        }
        return failure.map { "\($0)" } ?? ""
    }

    @Test func foldersAreClassesByIdOrName() throws {
        for name in ["n1/b b.jpg", "n1/a.jpg", "crane/ü.png", "n2/z.jpg"] { try scratch.write("x", to: name) }
        let pictures = try LabelledPictures(scratch.path, classes: classes)
        let found = pictures.labels.indices.map { "\(pictures.path($0))".replacing(scratch.path + "/", with: "") }
        #expect(found == ["crane/ü.png", "n1/a.jpg", "n1/b b.jpg", "n2/z.jpg"])
        #expect(pictures.labels == [1, 0, 0, 1])
    }

    @Test func everyPictureNeedsAClass() throws {
        try scratch.write("x", to: "n1/a.jpg")
        try scratch.write("x", to: "loose.jpg")
        #expect(refusal().contains("loose.jpg lies in no folder of a class"))
    }

    @Test func anUnknownFolderIsNamed() throws {
        try scratch.write("x", to: "n1/a.jpg")
        try scratch.write("x", to: "tenchs/a.jpg")
        #expect(refusal().contains("the folder tenchs is no class of this analysis"))
    }

    @Test func featuresAreOfThesePicturesAlone() throws {
        try scratch.write("x", to: "n1/a.jpg")
        let identity = HeadIdentity(.mmCBM, of: try DemoAnalysis.analysis())
        func key(_ identity: HeadIdentity) throws -> String {
            try LabelledPictures(scratch.path, classes: classes).key(identity)
        }
        let first = try key(identity)
        #expect(try key(identity) == first)
        // Another baseline has the same features, other features have not.
        #expect(try key(HeadIdentity(.featureMaps, of: DemoAnalysis.analysis())) == first)
        var method = DemoAnalysis.method
        method.features = .keys
        #expect(try key(HeadIdentity(.mmCBM, of: DemoAnalysis.analysis(method: method))) != first)
        try scratch.write("xy", to: "n1/a.jpg")
        let changed = try key(identity)
        #expect(changed != first)
        try scratch.write("x", to: "n2/b.jpg")
        #expect(try key(identity) != changed)
    }
}
