import Crypto
import Foundation
import Testbed
import Testing

/// The whole method, on models and pictures of the zoo, against the libraries that the released code calls
/// (`tools/golden/released.py`): prompted pictures, ordered concepts, MI and AUC.
@Suite(.serialized, .startsWorkers(lasting: 100)) struct ReleasedCodeTests {
    /// The share of equal results that is asked for; the rest is rounding's.
    private static let share = 0.95
    /// Those whose prompted pictures are compared, too: writing them takes twice as long as the analysis.
    private static let withPrompts = ["vit-s12", "resnet-group"]

    @Test(arguments: [
        "vit-s12", "vit-s12-without-crf", "vit-s16", "resnet", "resnet-without-crf", "vit-s12-group", "resnet-group",
    ])
    func itFindsWhatTheReleasedCodeFinds(_ name: String) async throws {
        try await onOwnThread {
            let theirs = try ReleasedCode(name)
            let scratch = try ScratchFolder()
            defer { scratch.remove() }
            let reports = try Self.analyze(theirs, withPrompts: Self.withPrompts.contains(name), in: scratch)
            try #require(reports.count == theirs.images.count)

            var differences = ReleasedDifferences()
            var grids = 0
            for (image, report) in zip(theirs.images, reports) {
                #expect(report.image == Self.path(image))
                #expect(report.prediction.class == theirs.classes[image.class], "\(image.image)")
                #expect(report.partMethods.keys.sorted() == image.methods.keys.sorted())
                for (method, expected) in image.methods {
                    let part = try #require(report.partMethods[method])
                    #expect(part.languageConcepts.map(\.index) == theirs.language[image.class], "\(image.image)")
                    // Which parts there could have been is nothing that the released code knows.
                    #expect(Set(part.flags).subtracting(["parts_reduced"]) == Set(expected.flags), "\(image.image)")
                    let foreground = part.foreground.map { $0.map { $0 - 1 } }
                    if ReleasedDifferences.text(foreground) == image.foreground,
                        ReleasedDifferences.text(part.parts) == expected.parts
                    {
                        grids += 1
                    }
                    differences.compare(
                        part, expected, name: "\(image.image) \(method)",
                        artifacts: Self.withPrompts.contains(name)
                            ? scratch.path + "/artifacts/\(Self.stem(image)).\(method)" : nil)
                }
            }
            let least = Int((Self.share * Double(differences.lists)).rounded(.up))
            #expect(grids >= least, "\(name): \(grids) grids of parts are equal, \(differences)")
            #expect(differences.visionLists >= least, "\(name): \(differences)")
            #expect(differences.mutualSets >= least, "\(name): \(differences)")
            #expect(differences.informations >= least, "\(name): \(differences)")
            #expect(differences.areas >= least, "\(name): \(differences)")
            #expect((differences.prompts > 0) == Self.withPrompts.contains(name))
            #expect(
                Double(differences.equalPrompts) >= Self.share * Double(differences.prompts), "\(name): \(differences)")
            #expect(differences.count(.unexplained) == 0, "\(name): \(differences)")
        }
    }

    private static func analyze(
        _ theirs: ReleasedCode, withPrompts: Bool, in scratch: ScratchFolder
    ) throws -> [Report] {
        let analysis = try scratch.write(theirs.yaml(), to: "analysis.yaml")
        let end = try Product.run(
            ["analyze", "--analysis", analysis, "--json"]
                + (withPrompts ? ["--artifacts", scratch.path + "/artifacts"] : []) + (theirs.joint ? ["--joint"] : [])
                + theirs.images.map(path),
            in: scratch, within: 300)
        try #require(end.status == 0, "\(end)")
        return try end.output.split(separator: "\n").map {
            try JSONDecoder().decode(Report.self, from: Data($0.utf8))
        }
    }

    private static func path(_ image: ReleasedCode.Image) -> String { ReleasedCode.zoo + "/heldout/" + image.image }

    /// How the names of a picture's artifacts begin: the picture's own, and 8 digits of SHA-256 over the path as it was given.
    private static func stem(_ image: ReleasedCode.Image) -> String {
        let path = path(image)
        let hash = SHA256.hash(data: Data(path.utf8)).prefix(4).map { String(format: "%02x", $0) }.joined()
        return (path as NSString).lastPathComponent + "." + hash
    }
}
