import Foundation
import Inference
import Reporting

/// Where `dense --artifacts` leaves what a person wants to look at, and a segmentation model to start from.
struct DenseArtifacts {
    private let folder: URL
    private let method: DenseMethod
    private let names: [String]

    init(path: String, method: DenseMethod, texts: DenseTexts) throws(CommandFailure) {
        (folder, self.method, names) = (URL(fileURLWithPath: path, isDirectory: true), method, texts.names)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(.badInput, "--artifacts: \(path) can't be made: \(error.localizedDescription).")
        }
    }

    /// What `<name>.<hash>.<method>.json` says of one text.
    private struct TextEntry: Encodable {
        let text: String
        let presence: Float
        /// Of `patch_similarity`.
        let lowest: Float, highest: Float
        let map: String, absolute: String, mask: String
        let points: Points?

        struct Points: Encodable {
            let positive: [TextPoints.Point], negative: [TextPoints.Point]
        }
    }

    private struct Summary: Encodable {
        let image: String
        let method: String
        let width: Int, height: Int
        let segments: String
        let texts: [TextEntry]
    }

    /// For each text `….map.png`, lowest to highest value; `….absolute.png`, on the same scale for all pictures; `….mask.png`. For
    /// the picture `….segments.png` and a JSON file.
    func write(image: String, picture: Picture, reading: DenseReading, side: Int) throws {
        let stem = ArtifactFolder.stem(image) + "." + method.rawValue
        let (width, height) = (picture.width, picture.height)
        let segments = SegmentMap(reading, side: side, width: width, height: height)
        try save(segments.draw(over: picture).pngData(), stem + ".segments.png")

        var entries: [TextEntry] = []
        for (text, name) in names.enumerated() {
            let own = "\(stem).\(text).\(Self.slug(name))"
            // AnoCLIP's maps are smoothed before anyone looks at them.
            func map(_ values: Matrix) -> HeatMap {
                let map = HeatMap(values, text: text, side: side)
                return method == .anoclip ? map.smoothed : map
            }
            let similarity = map(reading.similarity)
            func heat(_ map: HeatMap) throws -> [UInt8] {
                try HeatColors.draw(map.enlarged(width: width, height: height), over: picture).pngData()
            }
            try save(heat(similarity.scaled), own + ".map.png")
            try save(heat(map(reading.absolute)), own + ".absolute.png")
            try save(segments.mask(of: text, width: width, height: height).pngData(), own + ".mask.png")
            let points = method == .clipSurgery ? TextPoints(similarity, width: width, height: height) : nil
            entries.append(
                TextEntry(
                    text: name, presence: reading.presence[text], lowest: similarity.values.min() ?? 0,
                    highest: similarity.values.max() ?? 0, map: own + ".map.png", absolute: own + ".absolute.png",
                    mask: own + ".mask.png", points: points.map { .init(positive: $0.positive, negative: $0.negative) })
            )
        }
        let summary = Summary(
            image: image, method: method.rawValue, width: width, height: height, segments: stem + ".segments.png",
            texts: entries)
        try save(JSONEncoder.sorted(summary, isPretty: true).utf8, stem + ".json")
    }

    /// What of a text suits a file name.
    private static func slug(_ text: String) -> String {
        let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        return String(words.joined(separator: "-").prefix(40))
    }

    private func save(_ bytes: some Sequence<UInt8>, _ name: String) throws {
        let path = folder.appendingPathComponent(name)
        do {
            try Data(bytes).write(to: path)
        } catch {
            throw CommandFailure(.badInput, "\(path.path) can't be written: \(error.localizedDescription).")
        }
    }
}
