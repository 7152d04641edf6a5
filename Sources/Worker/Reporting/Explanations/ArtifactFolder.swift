import Analyzing
import Concepts
import Crypto
import Foundation
import Inference

/// Where `analyze --artifacts` leaves pictures for a person to look at: parts in colour, the prompted pictures, and
/// how the lists of concepts overlap.
package struct ArtifactFolder {
    private let folder: URL
    private let analysis: Analysis

    package init(path: String, analysis: Analysis) throws(ReportingError) {
        folder = URL(fileURLWithPath: path, isDirectory: true)
        self.analysis = analysis
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw ReportingError("--artifacts: \(path) can't be made: \(error.localizedDescription).")
        }
    }

    /// Writes `<name>.<hash>.<method>.parts.png`, `….venn.svg` and `….part<k>.<variant>.png`.
    package func write(image: String, findings: ImageFindings, drawings: ImageAnalyzer.Drawings) throws {
        for found in findings.partMethods {
            // What is trained has its parts from nobody's drawings, and no foreground confines them.
            let drawn = drawings.parts.first { $0.grouping.method == found.method }
            let prompts = drawn?.prompts ?? []
            let stem = Self.stem(image) + "." + found.key
            let overlay = PartOverlay.draw(
                parts: found.parts, grid: PatchGrid(height: found.gridHeight, width: found.gridWidth),
                within: drawn == nil ? nil : drawings.foreground, over: drawings.display)
            try save(overlay.pngData(), stem + ".parts.png")
            let venn = VennDiagram(found, predicted: findings.predictedClass, analysis: analysis)
            try save(Array(venn.svg.utf8), stem + ".venn.svg")
            for prompt in prompts {
                for (variant, picture) in zip(["circle", "gray", "blur"], prompt.pictures) {
                    try save(picture.pngData(), stem + ".part\(prompt.part).\(variant).png")
                }
            }
        }
    }

    /// The picture's name, and a few digits of its path's hash: pictures of one name in several folders stay apart, and no
    /// path is too long.
    package static func stem(_ image: String) -> String {
        let hash = SHA256.hash(data: Data(image.utf8)).hexadecimal.prefix(8)
        var name = (image as NSString).lastPathComponent
        while name.utf8.count > 120 { name.removeLast() }
        return "\(name).\(hash)"
    }

    private func save(_ bytes: some Sequence<UInt8>, _ name: String) throws {
        let path = folder.appendingPathComponent(name)
        do {
            try Data(bytes).write(to: path)
        } catch {
            throw ReportingError("\(path.path) can't be written: \(error.localizedDescription).")
        }
    }
}

/// Parts as translucent colours over the picture, everything else darkened.
package enum PartOverlay {
    /// The released code's palette, then repeated.
    private static let palette: [(Int, Int, Int)] = [
        (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 165, 0),
    ]

    package static func color(of part: Int) -> (Int, Int, Int) { palette[part % palette.count] }

    /// - Parameter foreground: what parts are confined to; nil for whole patches.
    package static func draw(_ grouping: PartGrouping, within foreground: ForegroundPixels?, over picture: Picture)
        -> Picture
    {
        draw(
            parts: grouping.labels, grid: PatchGrid(height: grouping.gridHeight, width: grouping.gridWidth),
            within: foreground, over: picture)
    }

    /// - Parameter parts: the part of each patch in raster order, -1 for background.
    package static func draw(
        parts: [Int], grid: PatchGrid, within foreground: ForegroundPixels?, over picture: Picture
    ) -> Picture {
        var pixels = picture.pixels
        for y in 0..<picture.height {
            for x in 0..<picture.width {
                let row = y * grid.height / picture.height
                let column = x * grid.width / picture.width
                let part = parts[row * grid.width + column]
                let pixel = y * picture.width + x
                let isIn = part >= 0 && foreground?.mask[pixel] != false
                let color = isIn ? color(of: part) : (0, 0, 0)
                for (channel, value) in [color.0, color.1, color.2].enumerated() {
                    let index = pixel * 3 + channel
                    pixels[index] = UInt8((Int(picture.pixels[index]) + value) / 2)
                }
            }
        }
        return Picture(width: picture.width, height: picture.height, pixels: pixels)
    }
}
