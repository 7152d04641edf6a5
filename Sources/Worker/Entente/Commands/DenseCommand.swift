import Analyzing
import ArgumentParser
import Fetch
import Foundation
import Inference
import Settings
import Threads

/// `dense`: how far each patch of pictures is like texts, by a method that makes them comparable.
struct DenseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dense",
        abstract: "Compare the patches of pictures with texts, by one of ten training-free methods.",
        discussion: """
            patch_similarity is [N, n, C]: for picture, patch and text the cosine of both in the embedding space, without \
            logit scale; of clip-surgery the similarity after the surgery on the features; of anoclip the probability that the \
            patch shows the object damaged, before smoothing. presence is [N, C], 0 to 1, of the picture as a whole. Pictures \
            are squashed to S×S. If one picture fails, nothing is written.
            """)

    @Option(help: ArgumentHelp("Model directory.", valueName: "dir"))
    var model: String

    @Option(
        help: ArgumentHelp(
            DenseMethod.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "method"))
    var method: DenseMethod

    @OptionGroup var input: TextInput

    @Option(
        help: ArgumentHelp(
            "Prompts to average over: a JSON file with templates, or imagenet, places365, food101, clip-surgery. Without it "
                + "texts are taken as they are.", valueName: "file"))
    var templates: String?

    @Option(help: ArgumentHelp("Safetensors file to write.", valueName: "file"))
    var output: String

    @Option(
        help: ArgumentHelp("Folder for a sheet a picture, label maps and, of clip-surgery, points.", valueName: "dir"))
    var artifacts: String?

    @Option(
        help: ArgumentHelp(
            "Who gets a pixel of label maps: absolute (texts that are there, by their absolute values) or softmax (the "
                + "papers' rule: all texts, by their similarities).", valueName: "rule"))
    var labels = LabelChoice.absolute

    @Option(help: ArgumentHelp("absolute: presence below which a text gets no pixel (default: 0.1).", valueName: "p"))
    var presence: Float?

    @Option(
        help: ArgumentHelp(
            "softmax: what similarities are multiplied by (default: the method's own, 40, 50 or 100).", valueName: "s"))
    var scale: Float?

    @Option(help: ArgumentHelp("softmax: share below which a pixel gets no text (default: 0).", valueName: "t"))
    var threshold: Float?

    @Option(
        help: ArgumentHelp(
            "Text whose maps sheets show; may be repeated (default: the 40 that are most present).", valueName: "text"))
    var draw: [String] = []

    @Flag(help: "Sheets show the model's own similarities beside the method's.")
    var raw = false

    @Flag(help: "clip-surgery: take off what the empty text shows, though there are several texts.")
    var againstEmpty = false

    @Flag(help: "clip-surgery: a text like a+b is two texts that make one target; implies --against-empty.")
    var combine = false

    @Option(help: ArgumentHelp("S, the side that pictures are scaled to (default: the model's).", valueName: "s"))
    var imageSize: Int?

    @Flag(help: "maskclip: without the last block's shortcut and perceptron.")
    var reduced = false

    @Flag(help: "resclip: sample the paths between patches as its released code does.")
    var compat = false

    @Flag(help: "Print the presence of each text as JSON, one line a picture.")
    var json = false

    @Option(help: ArgumentHelp("Pictures per encoder call; never changes a result.", valueName: "n"))
    var batchSize: Int?

    @Argument(help: "Picture files.")
    var images: [String]

    @OptionGroup var global: GlobalOptions

    /// Rows of tokens that the encoder holds at once: attention of large pictures takes room.
    private static let rowsAtOnce = 4096

    func run() async throws {
        let settings = try await global.settings([.workerBatchSize: batchSize.map(String.init)])
        let (options, rule) = (try checkedOptions(), try labelRule())
        guard let names = try input.texts() else {
            throw CommandFailure(.usage, "Name the texts with --text-file or --json-file.")
        }
        guard !names.isEmpty else { throw CommandFailure(.badInput, "There are no texts; write at least one.") }
        let drawn = try drawnTexts(of: names)
        let lanes = try settings.integer(.workerLanes, in: 1...512)
        let templates = try readTemplates(settings)
        BLAS.prepareForLanes()
        let loaded = try LoadedModel(directory: model)
        let vision = try visionTransformer(loaded, options)
        let texts = try DenseTexts(
            names, templates: templates, method: method, model: loaded, areCombined: combine,
            areAgainstEmpty: againstEmpty, lanes: lanes)
        let pictures = try LocalPictures(
            settings: settings,
            preprocessor: Preprocessor(
                configuration: loaded.preprocessor.configuration, imageSize: vision.imageSize))

        let writer = try SafetensorsWriter(path: output, tensors: declarations(vision, texts))
        let folder = try artifactFolder(names, drawn, pictures, rule)
        let patches = vision.gridHeight * vision.gridWidth
        let batch = try min(settings.integer(.workerBatchSize, in: 1...1024), max(Self.rowsAtOnce / (patches + 1), 1))
        let session = vision.dense(method, texts: texts.embeddings, options: options).session(batchSize: batch)
        let rawSession = raw ? vision.dense(.raw).session(batchSize: batch) : nil
        var lines: [PresenceLine] = []
        var entries: [DenseIndex.Entry] = []
        for start in stride(from: 0, to: images.count, by: batch) {
            let paths = images[start..<min(start + batch, images.count)]
            let shown = try paths.map { try pictures.load($0).picture }
            let pixels = shown.map(pictures.preprocessor.squashed)
            let encoded = session.encode(pixels, including: .dense)
            let plain = rawSession?.encode(pixels, including: .dense).densePatches
            var readings: [DenseReading] = []
            for (place, path) in paths.enumerated() {
                if let overflow = encoded.overflow(of: place, named: path) { throw overflow }
                let reading = DenseReading(
                    method, patches: encoded.densePatches[place], image: Array(encoded.embeddings.row(place)),
                    texts: texts, correlation: encoded.correlations.isEmpty ? nil : encoded.correlations[place],
                    score: loaded.clip.score)
                try writer.append(reading.similarity.elements, to: "patch_similarity")
                try writer.append(reading.presence, to: "presence")
                readings.append(plain.map { reading.beside(raw: $0[place], texts) } ?? reading)
                if json { lines.append(PresenceLine(path, texts, reading)) }
            }
            if let folder {
                let (paths, side, done) = (Array(paths), vision.gridWidth, readings)
                entries += try Lanes.map(paths.count, lanes: lanes) { place in
                    try folder.write(image: paths[place], picture: shown[place], reading: done[place], side: side)
                }
            }
        }
        try folder?.finish(entries)
        try writer.finish()
        for line in lines { try StandardOutput.json(line) }
    }

    private struct PresenceLine: Encodable {
        let image: String
        let texts: [Entry]

        struct Entry: Encodable {
            let text: String
            let presence: Float
            let lowest: Float, highest: Float
        }

        init(_ image: String, _ texts: DenseTexts, _ reading: DenseReading) {
            self.image = image
            self.texts = texts.names.enumerated().map { text, name in
                let values = (0..<reading.similarity.rows).map { reading.similarity[$0, text] }
                return Entry(
                    text: name, presence: reading.presence[text], lowest: values.min() ?? 0, highest: values.max() ?? 0)
            }
        }
    }

    private func declarations(_ vision: VisionTransformer, _ texts: DenseTexts) -> [SafetensorsWriter.Declaration] {
        let (patches, count) = (vision.gridHeight * vision.gridWidth, texts.names.count)
        return [
            .init("patch_similarity", shape: [images.count, patches, count]),
            .init("presence", shape: [images.count, count]),
        ]
    }

    private func checkedOptions() throws(CommandFailure) -> DenseOptions {
        var options: DenseOptions = []
        if reduced { options.insert(.reduced) }
        if compat { options.insert(.asReleased) }
        if reduced, method != .maskclip { throw CommandFailure(.usage, "--reduced is for --method maskclip alone.") }
        if againstEmpty || combine, method != .clipSurgery {
            let option = combine ? "--combine" : "--against-empty"
            throw CommandFailure(.usage, "\(option) is for --method clip-surgery alone.")
        }
        if raw, method == .raw || method == .anoclip {
            throw CommandFailure(.usage, "--raw has nothing to show beside \(method.rawValue); leave it out.")
        }
        if compat, method != .resclip { throw CommandFailure(.usage, "--compat is for --method resclip alone.") }
        return options
    }

    private func labelRule() throws(CommandFailure) -> LabelRule {
        let given: [(name: String, value: Float?, rule: LabelChoice)] = [
            ("presence", presence, .absolute), ("scale", scale, .softmax), ("threshold", threshold, .softmax),
        ]
        for (name, value, rule) in given {
            guard let value else { continue }
            guard artifacts != nil else {
                throw CommandFailure(
                    .usage, "--\(name) is for label maps; name a folder for them with --artifacts.")
            }
            guard labels == rule else {
                throw CommandFailure(.usage, "--\(name) is for --labels \(rule.rawValue) alone.")
            }
            let isFine = name == "scale" ? value > 0 && value <= 1000 : 0...1 ~= value
            guard isFine else {
                let range = name == "scale" ? "a number above 0, at most 1000" : "0 to 1"
                throw CommandFailure(.usage, "--\(name) is \(value); it must be \(range).")
            }
        }
        return switch labels {
        case .absolute: .absolute(presence: presence ?? LabelRule.presence)
        case .softmax: .softmax(scale: scale ?? LabelRule.scale(of: method), threshold: threshold ?? 0)
        }
    }

    /// Numbers of the texts whose maps are asked for; nil if none is.
    private func drawnTexts(of names: [String]) throws(CommandFailure) -> [Int]? {
        guard artifacts != nil else {
            guard draw.isEmpty, !raw else {
                throw CommandFailure(
                    .usage, "--\(raw ? "raw" : "draw") is for sheets; name a folder for them with --artifacts.")
            }
            return nil
        }
        guard names.count <= LabelColors.most else {
            throw CommandFailure(
                .badInput,
                "\(names.count) texts are too many for --artifacts, whose label maps number \(LabelColors.most); ask for fewer "
                    + "at a time, or leave --artifacts out.")
        }
        for text in draw where !names.contains(where: { $0.utf8.elementsEqual(text.utf8) }) {
            throw CommandFailure(.usage, "--draw names \(quoted(text)), which is none of the texts.")
        }
        guard !draw.isEmpty else { return nil }
        return names.indices.filter { number in draw.contains { $0.utf8.elementsEqual(names[number].utf8) } }
    }

    private func readTemplates(_ settings: Settings) throws -> [String] {
        guard let templates else { return ["{}"] }
        guard method != .anoclip else {
            throw CommandFailure(
                .usage, "anoclip has prompts of its own for an object's states; leave --templates out.")
        }
        var problems: [Problem] = []
        let read = TemplateSet.read(
            templates, resolve: { $0 }, share: settings.value(.share), problems: &problems)
        guard let read else { throw InvalidAnalysis(problems: problems) }
        return read
    }

    /// The model's vision encoder for pictures of ``imageSize``.
    private func visionTransformer(
        _ loaded: LoadedModel, _ options: DenseOptions
    ) throws -> VisionTransformer {
        let vision = try loaded.transformer(for: method)
        guard let imageSize else { return vision }
        let sizes = vision.patchSize...128 * vision.patchSize
        guard sizes.contains(imageSize) else {
            throw CommandFailure(
                .usage,
                "--image-size is \(imageSize); the model's patches of \(vision.patchSize) pixels allow \(sizes.lowerBound) to "
                    + "\(sizes.upperBound).")
        }
        return vision.resized(to: imageSize, for: method, options: options)
    }

    /// Made only when every picture is known to decode, since a folder can't be taken back as a file can.
    private func artifactFolder(
        _ names: [String], _ drawn: [Int]?, _ pictures: LocalPictures, _ rule: LabelRule
    ) throws -> DenseArtifacts? {
        guard let artifacts else { return nil }
        for path in images { _ = try pictures.load(path) }
        return try DenseArtifacts(path: artifacts, method: method, names: names, rule: rule, drawn: drawn)
    }
}

extension DenseMethod: ExpressibleByArgument {}
extension LabelChoice: ExpressibleByArgument {}

extension Preprocessor {
    /// What the encoder takes of a picture that is scaled without regard to its aspect ratio, by the model's own filter.
    func squashed(_ picture: Picture) -> VisionInput {
        input(picture.resized(width: imageSize, height: imageSize, filter: configuration.interpolation))
    }
}
