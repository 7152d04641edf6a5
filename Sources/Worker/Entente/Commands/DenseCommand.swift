import Analyzing
import ArgumentParser
import Fetch
import Foundation
import Inference
import Settings

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
            "Prompts to average over: a JSON file with templates, or imagenet, places365, food101. Without it texts are "
                + "taken as they are.", valueName: "file"))
    var templates: String?

    @Option(help: ArgumentHelp("Safetensors file to write.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("Folder for heat maps, masks and, of clip-surgery, points.", valueName: "dir"))
    var artifacts: String?

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
        let options = try checkedOptions()
        guard let names = try input.texts() else {
            throw CommandFailure(.usage, "Name the texts with --text-file or --json-file.")
        }
        guard !names.isEmpty else { throw CommandFailure(.badInput, "There are no texts; write at least one.") }
        let templates = try readTemplates(settings)
        BLAS.prepareForLanes()
        let loaded = try LoadedModel(directory: model)
        let vision = try visionTransformer(loaded)
        let texts = try DenseTexts(names, templates: templates, method: method, model: loaded)
        let pictures = try LocalPictures(
            settings: settings,
            preprocessor: Preprocessor(
                configuration: loaded.preprocessor.configuration, imageSize: vision.imageSize))

        let writer = try SafetensorsWriter(path: output, tensors: declarations(vision, texts))
        let folder = try artifactFolder(texts, pictures)
        let patches = vision.gridHeight * vision.gridWidth
        let batch = try min(settings.integer(.workerBatchSize, in: 1...1024), max(Self.rowsAtOnce / (patches + 1), 1))
        let workspace = vision.makeWorkspace(batchSize: batch, dense: method, texts: texts.embeddings, options: options)
        var lines: [PresenceLine] = []
        for start in stride(from: 0, to: images.count, by: batch) {
            let paths = images[start..<min(start + batch, images.count)]
            let shown = try paths.map { try pictures.load($0).picture }
            let encoded = vision.encode(shown.map(pictures.preprocessor.squashed), including: .dense, in: workspace)
            for (place, path) in paths.enumerated() {
                if let overflow = encoded.overflow(of: place, named: path) { throw overflow }
                let reading = DenseReading(
                    method, patches: encoded.densePatches[place], image: Array(encoded.embeddings.row(place)),
                    texts: texts, correlation: encoded.correlations.isEmpty ? nil : encoded.correlations[place])
                try writer.append(reading.similarity.elements, to: "patch_similarity")
                try writer.append(reading.presence, to: "presence")
                try folder?.write(image: path, picture: shown[place], reading: reading, side: vision.gridWidth)
                if json { lines.append(PresenceLine(path, texts, reading)) }
            }
        }
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
        if compat, method != .resclip { throw CommandFailure(.usage, "--compat is for --method resclip alone.") }
        return options
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
    private func visionTransformer(_ loaded: LoadedModel) throws(CommandFailure) -> VisionTransformer {
        let configuration = loaded.directory.configuration
        if let refusal = configuration.refusal(of: method) {
            throw CommandFailure(.badInput, "\(model): \(refusal)")
        }
        guard let vision = loaded.vision as? VisionTransformer, case .transformer(let shape) = configuration.vision
        else {
            throw CommandFailure(.bug, "\(model) is no vision transformer.")
        }
        guard let imageSize else { return vision }
        let sizes = shape.patchSize...128 * shape.patchSize
        guard sizes.contains(imageSize) else {
            throw CommandFailure(
                .usage,
                "--image-size is \(imageSize); the model's patches of \(shape.patchSize) pixels allow \(sizes.lowerBound) to "
                    + "\(sizes.upperBound).")
        }
        return vision.resized(to: imageSize, for: method)
    }

    /// Made only when every picture is known to decode, since a folder can't be taken back as a file can.
    private func artifactFolder(_ texts: DenseTexts, _ pictures: LocalPictures) throws -> DenseArtifacts? {
        guard let artifacts else { return nil }
        for path in images { _ = try pictures.load(path) }
        return try DenseArtifacts(path: artifacts, method: method, texts: texts)
    }
}

extension DenseMethod: ExpressibleByArgument {}

extension Preprocessor {
    /// What the encoder takes of a picture that is scaled without regard to its aspect ratio, by the model's own filter.
    func squashed(_ picture: Picture) -> [Float] {
        pixelValues(picture.resized(width: imageSize, height: imageSize, filter: configuration.interpolation))
    }
}
