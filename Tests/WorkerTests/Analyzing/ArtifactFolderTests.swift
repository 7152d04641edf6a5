import Concepts
import Foundation
import Inference
import Testing

@testable import Worker

@Suite struct ArtifactFolderTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private let picture = Picture(width: 4, height: 2, pixels: [UInt8](repeating: 100, count: 24))
    private let grouping = PartGrouping(method: .kmeans, gridHeight: 1, gridWidth: 2, labels: [-1, 0])

    @Test func partsAreColouredAndBackgroundDarkened() {
        let drawn = PartOverlay.draw(grouping, over: picture)
        #expect(drawn.width == 4)
        for row in 0..<2 {
            for column in 0..<4 {
                let pixel = Array(drawn.pixels[(row * 4 + column) * 3..<(row * 4 + column) * 3 + 3])
                #expect(pixel == (column < 2 ? [50, 50, 50] : [177, 50, 50]), "\(column),\(row)")
            }
        }
        // The palette begins anew after its end.
        let sixth = PartGrouping(method: .kmeans, gridHeight: 1, gridWidth: 2, labels: [5, 0])
        let again = PartOverlay.draw(sixth, over: picture)
        #expect(again.pixels[0..<3] == again.pixels[6..<9])
    }

    @Test func filesAreNamedAfterImageAndPart() throws {
        let folder = try ArtifactFolder(path: scratch("new/folder"))
        try folder.write(image: "n1/x.jpg", grouping: grouping, prompts: [], on: picture)
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch("new/folder"))
        let name = try #require(names.first)
        #expect(names.count == 1)
        #expect(name.contains(/^x\.jpg\.[0-9a-f]{8}\.kmeans\.parts\.png$/))
        let bytes = try LocalFile(roots: .unrestricted, limit: 1 << 20).read(scratch("new/folder/" + name))
        let back = try ImageDecoder.decode(bytes, named: "x", limits: DecodingLimits())
        #expect(back.pixels == PartOverlay.draw(grouping, over: picture).pixels)
    }

    @Test func picturesOfOneNameStayApartAndNoPathIsTooLong() throws {
        let folder = try ArtifactFolder(path: scratch("apart"))
        let long = String(repeating: "d/", count: 200) + String(repeating: "é", count: 120) + ".jpg"
        for image in ["a/b.jpg", "a_b.jpg", "c/b.jpg", long] {
            try folder.write(image: image, grouping: grouping, prompts: [], on: picture)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("apart")).count == 4)
    }

    @Test func aFolderThatCannotBeMadeIsNamed() throws {
        try scratch.write("x", to: "file")
        let failure = #expect(throws: CommandFailure.self) { try ArtifactFolder(path: scratch("file/folder")) }
        #expect(failure?.exit == .badInput)
        #expect(failure?.description.contains("--artifacts: \(scratch("file/folder"))") == true)
    }
}
