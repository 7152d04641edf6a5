import Analyzing
import Concepts
import Settings
import Testbed
import Testing

@testable import Entente

/// The trained heads and maps that come with the zoo.
@Suite struct ZooRivalsTests {
    private static let share = Checkout.root + "/share"

    private let rivals: ZooRivals

    init() throws { rivals = try ZooRivals(zoo: Self.share + "/zoo", share: Self.share) }

    private func settings() async throws -> Settings {
        try await Settings(environment: [Setting.share.variable: Self.share])
    }

    /// MM-ProtoSim, which has a patch say one descriptor, need not.
    @Test func aConceptBottleneckTellsNoFewerPicturesThanItsFrozenModel() async throws {
        let settings = try await settings()
        #expect(rivals.files.map(\.name) == ["resnet", "vit-s12"])
        for file in rivals.files {
            // Every head of the file is at work already.
            let local = try LocalAnalysis(file, path: file.name, settings: settings)
            let head = try #require(local.loaded.heads.first { $0.shape.method == .mmCBM })
            let pictures = try LabelledPictures(Self.share + "/zoo/heldout", classes: local.loaded.classIndex)
            let told = try HeldOutAccuracy(pictures, encoder: FeatureEncoder(local: local, lanes: 2, batch: 16)) {
                head.scores(of: $0.patches)
            }
            #expect(try #require(told.head) >= told.zeroShot, "\(file.name)")
        }
    }

    @Test func mapsAreOfTheirAnalyses() async throws {
        let settings = try await settings()
        for file in rivals.files {
            let local = try LocalAnalysis(file, path: file.name, settings: settings)
            let picture = try LabelledPictures(Self.share + "/zoo/heldout", classes: local.loaded.classIndex)
            let encoded = try FeatureEncoder(local: local, lanes: 1, batch: 1).embeddings([picture.path(0)])
            let untrained = try Decomposer.ezpc.removal(of: encoded, local.loaded, .init())
            let trained = try Decomposer.ezpc.removal(
                of: encoded, local.loaded, .init(map: rivals.mapFolder(of: file)))
            #expect(trained != untrained)
        }
    }
}
