import Fetch
import Foundation
import Inference
import Testbed
import Testing

@testable import Entente

@Suite struct DenseSheetTests {
    private static func text(_ name: String, presence: Float, label: Int) -> DenseSummary.Text {
        DenseSummary.Text(
            text: name, presence: presence, isAbsent: presence < 0.1, lowest: -0.25, highest: 0.5, label: label,
            color: LabelColors.css(LabelColors.color(of: label - 1)), share: presence < 0.1 ? 0 : 0.25, points: nil)
    }

    private static func sheet(_ texts: [DenseSummary.Text], drawn: Int) -> String {
        DenseSheet(
            image: "a/b <c>.jpg", method: .naclip, rule: .absolute(presence: 0.1), width: 40, height: 30, picture: [1],
            overlay: [2], labels: "b <c>#.labels.png", texts: texts,
            maps: texts.prefix(drawn).map { text in
                .init(
                    text: text,
                    maps: [.init(title: "map", jpeg: [3], lowest: text.lowest, highest: text.highest, points: nil)])
            }
        ).html
    }

    @Test func absentTextsSaySo() {
        let page = Self.sheet(
            [Self.text("there", presence: 0.931, label: 2), Self.text("gone", presence: 1e-9, label: 1)], drawn: 2)
        #expect(page.contains("presence <strong>93.1 %</strong>"))
        #expect(page.contains("<strong>absent</strong>: presence under 0.1 %"))
        #expect(page.components(separatedBy: "<strong>absent").count == 2)
        #expect(page.contains("-0.250") && page.contains("0.500") && !page.contains("not drawn"))
    }

    /// What a text or a file is called is never markup, and turns no direction but its own.
    @Test func namesAreNoMarkup() {
        let page = Self.sheet([Self.text("<script>\u{202E}x", presence: 0.5, label: 1)], drawn: 1)
        #expect(!page.contains("<script>") && !page.contains("\u{202E}") && page.contains("<bdi>&lt;script&gt;"))
        #expect(page.contains("b &lt;c&gt;.jpg") && page.contains("./b%20%3Cc%3E%23.labels.png"))
    }

    @Test func coloursDiffer() {
        let palette = LabelColors.palette(texts: LabelColors.most)
        #expect(palette.count == 256 && Set(palette).count == 256)
    }

    /// A picture whose longer side is above the cap has a smaller label map, drawing and all; the summary says both sizes.
    @Test func sizesAreCapped() throws {
        let scratch = try ScratchFolder()
        defer { scratch.remove() }
        let artifacts = try DenseArtifacts(
            path: scratch.path, method: .naclip, names: ["a", "b"], rule: .absolute(presence: 0.1), drawn: nil)
        let picture = Picture(width: 3000, height: 1500, pixels: .init(repeating: 90, count: 3000 * 1500 * 3))
        let values = Matrix(rows: 4, columns: 2, elements: [0.9, 0, 0.9, 0, 0.9, 0, 0.1, 0])
        let reading = DenseReading(similarity: values, absolute: values, presence: [0.9, 0], correlation: nil)
        let entry = try artifacts.write(image: "x.jpg", picture: picture, reading: reading, side: 2)
        #expect(entry.present.map(\.text) == ["a"])
        for (name, side) in [(".labels.png", 1024), (".jpg", 480)] {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/\(entry.stem)\(name)")))
            let written = try ImageDecoder.decode(bytes, named: name, limits: DecodingLimits())
            #expect(written.width == side && written.height == side / 2)
        }
        let sheet = try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/\(entry.stem).html"))
        #expect(sheet.count < 200_000)
    }
}
