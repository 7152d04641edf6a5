import Concepts
import Inference

/// Times the method's stages around the encoder on one core: a 224-pixel picture, features of ViT-B/16's size, a bank of
/// 4,000, one part method. Made data: blobs on a noisy ground, whose patches have their blob's direction.
struct StageBenchmark {
    private static let size = 224, grid = 14, width = 768, embedding = 512
    private static let bank = 4000, classes = 1000

    struct Stage: Encodable {
        let stage: String
        /// Milliseconds an image.
        let median: Double, fastest: Double, slowest: Double

        enum CodingKeys: String, CodingKey {
            case stage, median, fastest, slowest
        }
    }

    private let method: MethodParameters
    private let interpreter: Interpreter
    private let preprocessor: Preprocessor
    private let images: [(picture: Picture, features: PatchFeatures)]
    private var random: MadeNumbers

    init(partMethod: PartMethod, images count: Int) {
        var random = MadeNumbers(state: 1)
        var method = MethodParameters()
        method.parts.by = [partMethod]
        self.method = method
        let analysis = Analysis(
            model: .init(weights: "", configuration: "", tokenizer: ""),
            classes: (0..<Self.classes).map { .init(id: "\($0)", name: "\($0)") },
            descriptors: (0..<Self.bank).map { "\($0)" }, templates: ["{}"], descriptorTemplate: "{}", method: method)
        let texts = { random.matrix(rows: $0, columns: Self.embedding) }
        interpreter = Interpreter(
            text: TextSide(
                analysis: analysis, classEmbeddings: texts(Self.classes), bankEmbeddings: texts(Self.bank),
                bareEmbeddings: texts(Self.bank)), method: method)
        preprocessor = Preprocessor(configuration: PreprocessConfiguration(), imageSize: Self.size)
        images = (0..<count).map { number in Self.image(number, &random) }
        self.random = random
    }

    private static func image(_ number: Int, _ random: inout MadeNumbers) -> (Picture, PatchFeatures) {
        // Each cell has the blob whose centre is nearest; blob 0 is the ground.
        let centres = (0..<6).map { _ in (x: random.next(below: size), y: random.next(below: size)) }
        func blob(_ x: Int, _ y: Int) -> Int {
            let distances = centres.map { ($0.x - x) * ($0.x - x) + ($0.y - y) * ($0.y - y) }
            let nearest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
            return distances[nearest] < 50 * 50 ? 1 + nearest % 5 : 0
        }
        let colors = (0..<6).map { _ in (0..<3).map { _ in random.next(below: 256) } }
        var pixels = [UInt8]()
        pixels.reserveCapacity(3 * size * size)
        for y in 0..<size {
            for x in 0..<size {
                for value in colors[blob(x, y)] {
                    pixels.append(UInt8(clamping: value + random.next(below: 41) - 20))
                }
            }
        }
        let directions = random.matrix(rows: 6, columns: width)
        var features = random.matrix(rows: grid * grid, columns: width)
        for patch in 0..<grid * grid {
            let own = blob(patch % grid * 16 + 8, patch / grid * 16 + 8)
            for column in 0..<width {
                features[patch, column] = features[patch, column] * 0.5 + directions[own, column]
            }
        }
        let hash = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 32)
        return (
            Picture(width: size, height: size, pixels: pixels),
            PatchFeatures(values: features, gridHeight: grid, gridWidth: grid, contentHash: hash)
        )
    }

    /// Stages in order of the flow.
    mutating func run() -> [Stage] {
        BLAS.prepareForLanes()
        var times: [String: [Double]] = [:]
        func timed<R>(_ stage: String, _ body: () -> R) -> R {
            let start = ContinuousClock.now
            let result = body()
            times[stage, default: []].append(Double(start.duration(to: .now).microseconds) / 1000)
            return result
        }
        for (picture, features) in images {
            let parts = timed("foreground and parts") { Decomposition.run([features], method: method)[0] }
            let foreground = timed("CRF") { ForegroundPixels(refining: parts, on: picture) }
            let prompts = timed("prompting") {
                let prompts = Prompting(on: picture, within: foreground, parameters: method.prompting)
                    .pictures(for: parts.groupings[0])
                for drawn in prompts.flatMap(\.pictures) { _ = preprocessor.pixelValues(drawn) }
                return prompts
            }
            let encoded = EncodedParts(
                grouping: parts.groupings[0],
                prompted: prompts.map {
                    PromptedPartEmbeddings($0, embeddings: random.matrix(rows: 3, columns: Self.embedding))
                })
            let image = random.matrix(rows: 1, columns: Self.embedding)
            _ = timed("retrieval and agreement") {
                interpreter.findings(imageEmbedding: image.elements, label: nil, parts: [encoded])
            }
        }
        return ["foreground and parts", "CRF", "prompting", "retrieval and agreement"].map { stage in
            let sorted = (times[stage] ?? []).sorted()
            return Stage(
                stage: stage, median: sorted[sorted.count / 2], fastest: sorted[0], slowest: sorted[sorted.count - 1])
        }
    }
}

/// A generator whose numbers are the same on every machine; nothing hangs on their quality.
private struct MadeNumbers {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 32
    }

    mutating func next(below bound: Int) -> Int { Int(next()) % bound }

    /// Sums of four uniform numbers, about normal.
    mutating func matrix(rows: Int, columns: Int) -> Matrix {
        Matrix(
            rows: rows, columns: columns,
            elements: (0..<rows * columns).map { _ in
                (0..<4).reduce(Float(-2)) { sum, _ in sum + Float(next() & 0xffff) / 65535 }
            })
    }
}
