import Concepts
import Foundation
import FoundationXML
import Inference
import Testbed
import Testing

@testable import Analyzing
@testable import Fetch
@testable import Reporting

@Suite struct ArtifactFolderTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private let picture = Picture(width: 4, height: 2, pixels: [UInt8](repeating: 100, count: 24))
    private let grouping = PartGrouping(method: .kmeans, gridHeight: 1, gridWidth: 2, labels: [-1, 0])

    @Test func partsAreColouredAndBackgroundDarkened() {
        let drawn = PartOverlay.draw(grouping, within: nil, over: picture)
        #expect(drawn.width == 4)
        for row in 0..<2 {
            for column in 0..<4 {
                let pixel = Array(drawn.pixels[(row * 4 + column) * 3..<(row * 4 + column) * 3 + 3])
                #expect(pixel == (column < 2 ? [50, 50, 50] : [177, 50, 50]), "\(column),\(row)")
            }
        }
        // The palette begins anew after its end.
        let sixth = PartGrouping(method: .kmeans, gridHeight: 1, gridWidth: 2, labels: [5, 0])
        let again = PartOverlay.draw(sixth, within: nil, over: picture)
        #expect(again.pixels[0..<3] == again.pixels[6..<9])
    }

    private static let analysis = Analysis(
        model: .example, classes: [.init(id: "n1", name: "tench & <roach>")],
        descriptors: ["fins", "a very long and most remarkably pointed beak", "scales"], templates: ["{}"],
        descriptorTemplate: "{}", method: MethodParameters())

    private var findings: ImageFindings {
        let nothing = Agreement.Dynamics(curve: [.zero], auc: .zero)
        return ImageFindings(
            top: [.init(classIndex: 0, similarity: 0.5)],
            partMethods: [
                PartFindings(
                    method: .kmeans, gridHeight: 1, gridWidth: 2, parts: [-1, 0], boxes: [],
                    visionConcepts: [0, 1].map { .init(descriptor: $0, relevance: 0.5, parts: [0]) },
                    languageConcepts: [1, 2].map { .init(descriptor: $0, similarity: 0.5) },
                    agreement: Agreement(released: nothing, membership: nothing, nmiMax: nil, ami: nil, pValue: nil),
                    flags: [])
            ])
    }

    private var drawings: ImageAnalyzer.Drawings {
        .init(display: picture, foreground: nil, parts: [(grouping: grouping, prompts: [])])
    }

    @Test func filesAreNamedAfterImageAndPart() throws {
        let folder = try ArtifactFolder(path: scratch("new/folder"), analysis: Self.analysis)
        try folder.write(image: "n1/x.jpg", findings: findings, drawings: drawings)
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch("new/folder")).sorted()
        try #require(names.count == 2)
        #expect(names[0].contains(/^x\.jpg\.[0-9a-f]{8}\.kmeans\.parts\.png$/))
        #expect(names[1].contains(/^x\.jpg\.[0-9a-f]{8}\.kmeans\.venn\.svg$/))
        let bytes = try LocalFile(roots: .unrestricted, limit: 1 << 20).read(scratch("new/folder/" + names[0]))
        let back = try ImageDecoder.decode(bytes, named: "x", limits: DecodingLimits())
        #expect(back.pixels == PartOverlay.draw(grouping, within: nil, over: picture).pixels)
    }

    @Test func picturesOfOneNameStayApartAndNoPathIsTooLong() throws {
        let folder = try ArtifactFolder(path: scratch("apart"), analysis: Self.analysis)
        let long = String(repeating: "d/", count: 200) + String(repeating: "é", count: 120) + ".jpg"
        for image in ["a/b.jpg", "a_b.jpg", "c/b.jpg", long] {
            try folder.write(image: image, findings: findings, drawings: drawings)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("apart")).count == 8)
    }

    @Test func circlesHoldWhatIsSeenSaidAndBoth() throws {
        let svg = VennDiagram(findings.partMethods[0], predicted: 0, analysis: Self.analysis).svg
        let parser = XMLTexts(svg)
        #expect(
            parser.texts == [
                "tench & <roach>, kmeans parts", "2 seen, 2 said of the class, 1 both", "seen", "fins", "both",
                "a very long and most rema…", "said", "scales",
            ])
        #expect(parser.titles.contains("a very long and most remarkably pointed beak"))
    }

    @Test func aFolderThatCannotBeMadeIsNamed() throws {
        try scratch.write("x", to: "file")
        let failure = #expect(throws: ReportingError.self) {
            try ArtifactFolder(path: scratch("file/folder"), analysis: Self.analysis)
        }
        #expect(failure?.description.contains("--artifacts: \(scratch("file/folder"))") == true)
    }
}

/// What a reader of an SVG gets to read: every text, and the titles that a pointer brings up.
private final class XMLTexts: NSObject, XMLParserDelegate {
    private(set) var texts: [String] = []
    private(set) var titles: [String] = []
    private var current = ""

    init(_ svg: String) {
        super.init()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = self
        if !parser.parse() { texts = ["no XML: \(String(describing: parser.parserError))"] }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        current = ""
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { current += string }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
        if name == "title" { titles.append(current) }
        if name == "text" { texts.append(current) }
        current = ""
    }
}
