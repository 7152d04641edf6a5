import Foundation
import Testing

@testable import Concepts

/// What the CRF's values add to an analysis's identity, and that they add nothing where they are the defaults.
@Suite struct CRFParametersTests {
    private static func json(_ foreground: MethodParameters.Foreground) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(foreground), as: UTF8.self)
    }

    private static func foreground(_ crf: String) throws -> MethodParameters.Foreground {
        let json = #"{"by":"svd","crf":\#(crf),"threshold":"sign"}"#
        return try JSONDecoder().decode(MethodParameters.Foreground.self, from: Data(json.utf8))
    }

    /// Written out: every id that was ever handed out hangs on these bytes.
    @Test func defaultsAreAWord() throws {
        var foreground = MethodParameters.Foreground()
        #expect(try Self.json(foreground) == #"{"by":"svd","crf":true,"threshold":"sign"}"#)
        #expect(try Self.foreground("true") == foreground)
        foreground.crf = nil
        #expect(try Self.json(foreground) == #"{"by":"svd","crf":false,"threshold":"sign"}"#)
        #expect(try Self.foreground("false") == foreground)
    }

    @Test func otherValuesStandInFull() throws {
        var foreground = MethodParameters.Foreground()
        foreground.crf?.spatial = .exact
        let written =
            #"{"iterations":5,"spatial":"exact","weights":[10,3],"widths":{"rgb":13,"spatial":3,"xy":40}}"#
        #expect(try Self.json(foreground) == #"{"by":"svd","crf":\#(written),"threshold":"sign"}"#)
        #expect(try Self.foreground(written) == foreground)
        foreground.crf?.spatial = .lattice
        #expect(try Self.foreground(written.replacing("exact", with: "lattice")) == foreground)
        foreground.crf?.weights.smoothness = 0.25
        foreground.crf?.widths.rgb = 7
        foreground.crf?.iterations = 2
        let decoder = JSONDecoder()
        let back = try decoder.decode(MethodParameters.Foreground.self, from: Data(Self.json(foreground).utf8))
        #expect(back == foreground)
    }

    @Test(arguments: [
        "3", #""yes""#, "null", "{}",
        #"{"iterations":5,"spatial":"exact","weights":[10],"widths":{"rgb":13,"spatial":3,"xy":40}}"#,
        #"{"iterations":5,"spatial":"exact","weights":[10,3,1],"widths":{"rgb":13,"spatial":3,"xy":40}}"#,
        #"{"iterations":5,"spatial":"near","weights":[10,3],"widths":{"rgb":13,"spatial":3,"xy":40}}"#,
    ]) func anythingElseIsRefused(crf: String) {
        #expect(throws: DecodingError.self) { try Self.foreground(crf) }
    }
}
