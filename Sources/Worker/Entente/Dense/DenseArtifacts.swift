import Foundation
import Inference
import Reporting

/// Where `dense --artifacts` leaves what a person wants to look at, and label maps and points for other programs.
struct DenseArtifacts: Sendable {
    private let folder: URL
    private let method: DenseMethod
    private let names: [String]
    private let rule: LabelRule
    /// Numbers of the texts whose maps are wanted; nil for those that are most present.
    private let drawn: [Int]?

    /// Pixels of a label map's longer side, at most: a large picture has no more to say, its patches being what they are.
    private static let labelSide = 1024
    /// Pixels of the longer side of what a sheet shows: the picture, and a map.
    private static let (pictureSide, mapSide) = (480, 224)
    private static let quality = 80
    /// Texts that a sheet shows unless others are asked for.
    private static let mostDrawn = 40

    /// - Parameter names: at most ``LabelColors/most``.
    init(
        path: String, method: DenseMethod, names: [String], rule: LabelRule, drawn: [Int]?
    ) throws(CommandFailure) {
        folder = URL(fileURLWithPath: path, isDirectory: true)
        (self.method, self.names, self.rule, self.drawn) = (method, names, rule, drawn)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(.badInput, "--artifacts: \(path) can't be made: \(error.localizedDescription).")
        }
    }

    /// For the picture `<name>.<hash>.<method>.html`, all that there is to see; `….labels.png`, each pixel's text; `….jpg`, the same
    /// over the picture; and `….json`.
    func write(image: String, picture: Picture, reading: DenseReading, side: Int) throws -> DenseIndex.Entry {
        let stem = ArtifactFolder.stem(image) + "." + method.rawValue
        let (width, height) = Picture.fitted(
            width: picture.width, height: picture.height, within: Self.labelSide)
        let segments = SegmentMap(reading, by: rule, side: side, width: width, height: height)
        let shown = picture.fitted(within: Self.pictureSide)
        let overlay = try segments.draw(over: shown).jpegData(quality: Self.quality)
        try save(segments.indexed(texts: names.count).pngData(), stem + ".labels.png")
        try save(overlay, stem + ".jpg")

        let texts = describe(reading, segments, picture, side: side)
        let small = picture.fitted(within: Self.mapSide)
        let byPresence = texts.indices.sorted { (-texts[$0].presence, $0) < (-texts[$1].presence, $1) }
        let wanted =
            drawn.map { drawn in byPresence.filter(drawn.contains) } ?? Array(byPresence.prefix(Self.mostDrawn))
        let sheet = DenseSheet(
            image: image, method: method, rule: rule, width: picture.width, height: picture.height,
            picture: try shown.jpegData(quality: Self.quality), overlay: overlay, labels: stem + ".labels.png",
            texts: byPresence.map { texts[$0] },
            maps: try wanted.map { text in try maps(of: texts[text], text, reading, small, side: side) })
        try save(sheet.html.utf8, stem + ".html")

        let summary = DenseSummary(
            image: image, method: method.rawValue, width: picture.width, height: picture.height, sheet: stem + ".html",
            labels: .init(file: stem + ".labels.png", width: width, height: height), texts: texts)
        try save(JSONEncoder.sorted(summary, isPretty: true).utf8, stem + ".json")
        return DenseIndex.Entry(image: image, stem: stem, present: byPresence.map { texts[$0] }.filter { !$0.isAbsent })
    }

    /// Once all pictures are there: `index.html`, with a way to each.
    func finish(_ entries: [DenseIndex.Entry]) throws {
        try save(DenseIndex(method: method, entries: entries).html.utf8, "index.html")
    }

    private func describe(
        _ reading: DenseReading, _ segments: SegmentMap, _ picture: Picture, side: Int
    ) -> [DenseSummary.Text] {
        let shares = segments.shares(texts: names.count)
        return names.enumerated().map { text, name in
            let map = similarity(reading.similarity, text, side)
            var points: TextPoints?
            if method == .clipSurgery {
                points =
                    reading.combined[text]?.points(width: picture.width, height: picture.height)
                    ?? TextPoints(map, width: picture.width, height: picture.height)
            }
            return DenseSummary.Text(
                text: name, presence: reading.presence[text],
                isAbsent: reading.presence[text] < rule.leastPresence, lowest: map.values.min() ?? 0,
                highest: map.values.max() ?? 0, label: text + 1, color: LabelColors.css(LabelColors.color(of: text)),
                share: shares[text], points: points.map { .init(positive: $0.positive, negative: $0.negative) })
        }
    }

    /// AnoCLIP's maps are smoothed before anyone looks at them.
    private func similarity(_ values: Matrix, _ text: Int, _ side: Int) -> HeatMap {
        let map = HeatMap(values, text: text, side: side)
        return method == .anoclip ? map.smoothed : map
    }

    private func maps(
        of text: DenseSummary.Text, _ number: Int, _ reading: DenseReading, _ small: Picture, side: Int
    ) throws -> DenseSheet.Maps {
        func drawing(_ title: String, _ map: HeatMap, _ range: (Float, Float), marks: Bool) throws -> DenseSheet.Map {
            let picture = HeatColors.draw(map.enlarged(width: small.width, height: small.height), over: small)
            return DenseSheet.Map(
                title: title, jpeg: try picture.jpegData(quality: Self.quality), lowest: range.0, highest: range.1,
                points: marks ? text.points : nil)
        }
        let own = similarity(reading.similarity, number, side)
        let absolute = similarity(reading.absolute, number, side)
        var maps = [
            try drawing("map", own.scaled, (text.lowest, text.highest), marks: true),
            try drawing("absolute", absolute, (0, 1), marks: false),
        ]
        if let raw = reading.raw {
            let map = HeatMap(raw, text: number, side: side)
            let range = (map.values.min() ?? 0, map.values.max() ?? 0)
            maps.insert(try drawing("raw", map.scaled, range, marks: false), at: 0)
        }
        return DenseSheet.Maps(text: text, maps: maps)
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
