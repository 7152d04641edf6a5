import Foundation
import Testing

@testable import Concepts

/// What a dense method adds to an analysis's identity, and that it adds nothing where there is none.
@Suite struct DenseParametersTests {
    private static func json(_ method: MethodParameters) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(method), as: UTF8.self)
    }

    /// Written out: every id that was ever handed out hangs on these bytes.
    @Test func plainAnalysesKeepTheirIdentity() throws {
        let defaults = """
            {"decomposition":"image","features":"tokens","foreground":{"by":"svd","crf":true,"threshold":"sign"},\
            "image":"squash","language":{"class":"predicted","count":50},"parts":{"by":["pca","kmeans"],"count":5,"seed":0,\
            "signs":"right"},"prompting":{"blur":11,"thickness":1},"retrieval":{"candidates":500,"offset":0.02,"per_part":3,\
            "relevance":"mean_minus","transport":{"iterations":1000,"lambda":1}}}
            """
        #expect(try Self.json(MethodParameters()) == defaults)
        var ensemble = MethodParameters()
        ensemble.features = .ensemble
        #expect(try Self.json(ensemble) == defaults.replacing("\"tokens\"", with: "\"ensemble\""))
    }

    @Test func dataOfEveryModeComeBack() throws {
        var method = MethodParameters()
        method.features = .dense(.scClip)
        method.prompting.dense = .clipSurgery
        let json = try Self.json(method)
        #expect(json.contains(#""features":{"dense":"sc-clip"}"#))
        #expect(json.contains(#""prompting":{"dense":"clip-surgery","mode":"single_pass"}"#))
        let decoder = JSONDecoder()
        #expect(try decoder.decode(MethodParameters.self, from: Data(json.utf8)) == method)
        var plain = MethodParameters()
        plain.prompting.thickness = 2
        plain.features = .keys
        #expect(try decoder.decode(MethodParameters.self, from: Data(Self.json(plain).utf8)) == plain)
        for wrong in [#""vowels""#, #"{"dense":"nothing"}"#, "3"] {
            let broken = try Self.json(MethodParameters()).replacing("\"tokens\"", with: wrong)
            #expect(throws: DecodingError.self) { try decoder.decode(MethodParameters.self, from: Data(broken.utf8)) }
        }
    }

    @Test func partMethodsAreCalledByWhatTheyWorkOn() {
        var method = MethodParameters()
        #expect(method.key(of: .kmeans) == "kmeans")
        method.prompting.dense = .naclip
        #expect(method.key(of: .kmeans) == "kmeans+naclip")
        method.features = .dense(.scClip)
        #expect(method.key(of: .pca) == "pca@sc-clip+naclip")
        method.prompting.dense = nil
        #expect(method.key(of: .pca) == "pca@sc-clip")
    }

    @Test func passesAreCounted() {
        var method = MethodParameters()
        #expect(method.passesPerImage == 31)
        method.features = .dense(.naclip)
        #expect(method.passesPerImage == 31)
        method.prompting.dense = .naclip
        #expect(method.passesPerImage == 1)
        method.prompting.dense = .sclip
        #expect(method.passesPerImage == 2)
    }
}
