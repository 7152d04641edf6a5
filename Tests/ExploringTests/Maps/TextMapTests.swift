import Foundation
import Inference
import Reporting
import Testbed
import Testing

@testable import Exploring

struct TextMapTests {
    static func map(_ dense: DenseMethod = .naclip, frame: PictureFrame = .padded(127)) -> TextMap {
        TextMap(
            .init(dense: dense, isOwn: true, score: "softmax", frame: frame, side: 2), presence: .leastNonzeroMagnitude,
            similarity: [-0.0, 0.25, 0.1, 1], absolute: [0, 0.5, 0.3, 0.2])
    }

    @Test func theRelativeScaleGoesFromTheLowestToTheHighest() {
        let map = Self.map()
        #expect(map.heat(.relative).values == [0, 0.25, 0.1, 1] && map.heat(.absolute).values == map.absolute)
        #expect(map.layer(.plain).values.isEmpty && map.layer(.relative).frame == .padded(127))
        let even = TextMap(map.head, presence: 0, similarity: [2, 2, 2, 2], absolute: map.absolute)
        #expect(even.heat(.relative).values == [0, 0, 0, 0])
        // AnoCLIP's are smoothed, on either scale.
        #expect(Self.map(.anoclip).heat(.absolute).values != map.absolute)
    }

    @Test func aFrameIsWhatTheModelSaw() throws {
        let picture = Picture(width: 4, height: 2, pixels: (0..<24).map { UInt8($0) })
        var configuration = PreprocessConfiguration()
        let ways: [(ImageFit, ResizeMode, PictureFrame)] = [
            (.squash, .longest, .whole), (.crop, .squash, .middle), (.official, .squash, .whole),
            (.official, .shortest, .middle), (.official, .longest, .padded(9)),
        ]
        configuration.fillColor = 9
        for (fit, mode, frame) in ways {
            configuration.resizeMode = mode
            #expect(PictureFrame(fit, configuration: configuration) == frame)
        }
        #expect(PictureFrame.whole.cut(picture) == picture)
        let middle = PictureFrame.middle.cut(picture)
        #expect(middle.width == 2 && middle.height == 2 && Array(middle.pixels.prefix(3)) == [3, 4, 5])
        let padded = PictureFrame.padded(9).cut(picture)
        #expect(
            padded.width == 4 && padded.height == 4 && Array(padded.pixels.prefix(12)) == .init(repeating: 9, count: 12)
        )
        #expect(Array(padded.pixels[12..<36]) == picture.pixels)
        // As large at once as it is shown.
        let thin = PictureFrame.padded(9).cut(
            Picture(width: 65_535, height: 1, pixels: .init(repeating: 1, count: 196_605)), within: 40)
        #expect(thin.width == 40 && thin.height == 40)
    }

    /// What the page's script draws with.
    @Test func theStyleSheetHasTheColoursOfSheets() throws {
        let css = try String(contentsOfFile: Checkout.root + "/share/explore/explore.css", encoding: .utf8)
        for (step, color) in HeatColors.ramp.enumerated() {
            let hex = [color.x, color.y, color.z].map { String(format: "%02x", Int($0)) }.joined()
            #expect(css.contains("--heat-\(step): #\(hex);"), "\(step)")
        }
        let page = try String(contentsOfFile: Checkout.root + "/share/explore/picture.mustache", encoding: .utf8)
        #expect(page.contains("value=\"\(Int(HeatColors.share * 100))\" data-of=\"heat\""))
    }

    @Test func aTextHasABound() throws {
        let most = String(repeating: "ä", count: MapSupply.longestText / 2)
        #expect(try MapSupply.text(PageQuery("text=" + PageQuery.encoded(most))) == most)
        #expect(try MapSupply.text(PageQuery("text=")) == nil)
        let problem = #expect(throws: ExplorerProblem.self) {
            try MapSupply.text(PageQuery("text=" + PageQuery.encoded(most + "a")))
        }
        #expect(problem?.kind == .badRequest && problem?.sentence.contains("1001 bytes") == true)
        #expect(throws: ExplorerProblem.self) { try MapScale(named: "logarithmic") }
        #expect(try MapScale(named: nil) == .relative)
    }
}
