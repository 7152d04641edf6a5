import Concepts
import Crypto
import Foundation
import Inference

/// Where `analyze --artifacts` leaves pictures for a person to look at: parts in colour, and the prompted pictures.
struct ArtifactFolder {
    private let folder: URL

    init(path: String) throws(CommandFailure) {
        folder = URL(fileURLWithPath: path, isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(.badInput, "--artifacts: \(path) can't be made: \(error.localizedDescription).")
        }
    }

    /// Writes `<name>.<hash>.<method>.parts.png` and `….part<k>.<variant>.png`.
    func write(image: String, grouping: PartGrouping, prompts: [PromptedPart], on display: Picture) throws {
        let stem = Self.stem(image) + "." + grouping.method.rawValue
        try save(PartOverlay.draw(grouping, over: display), stem + ".parts.png")
        for prompt in prompts {
            for (variant, picture) in zip(["circle", "gray", "blur"], prompt.pictures) {
                try save(picture, stem + ".part\(prompt.part).\(variant).png")
            }
        }
    }

    /// The picture's name, and a few digits of its path's hash: pictures of one name in several folders stay apart, and no
    /// path is too long.
    private static func stem(_ image: String) -> String {
        let hash = SHA256.hash(data: Data(image.utf8)).hexadecimal.prefix(8)
        var name = (image as NSString).lastPathComponent
        while name.utf8.count > 120 { name.removeLast() }
        return "\(name).\(hash)"
    }

    private func save(_ picture: Picture, _ name: String) throws {
        let path = folder.appendingPathComponent(name)
        do {
            try Data(try picture.pngData()).write(to: path)
        } catch {
            throw CommandFailure(.badInput, "\(path.path) can't be written: \(error.localizedDescription).")
        }
    }
}

/// Parts as translucent colours over the picture, background darkened.
enum PartOverlay {
    /// The released code's palette, then repeated.
    private static let palette: [(Int, Int, Int)] = [
        (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 165, 0),
    ]

    static func draw(_ grouping: PartGrouping, over picture: Picture) -> Picture {
        var result = picture
        for y in 0..<picture.height {
            for x in 0..<picture.width {
                let row = y * grouping.gridHeight / picture.height
                let column = x * grouping.gridWidth / picture.width
                let part = grouping.labels[row * grouping.gridWidth + column]
                let color = part < 0 ? (0, 0, 0) : palette[part % palette.count]
                let pixel = (y * picture.width + x) * 3
                for (channel, value) in [color.0, color.1, color.2].enumerated() {
                    result.pixels[pixel + channel] = UInt8((Int(picture.pixels[pixel + channel]) + value) / 2)
                }
            }
        }
        return result
    }
}
