import Analyzing
import Concepts
import Exploring
import Foundation
import Inference
import Settings
import Testbed
import Testing

@testable import Entente

/// The explorer's maps against what `entente dense` writes.
@Suite struct TextMapperTests {
    private static let text = "a photo of a barn dibbet."
    private static let picture = DemoAnalysis.pictures[0]

    private static func fingerprint() throws -> Analysis.ModelFingerprint {
        try Analysis.ModelFingerprint(directory: Checkout.model)
    }

    private static func mapper(_ paths: [String] = [Checkout.demo]) -> TextMapper {
        TextMapper(ModelLibrary(paths: paths), limits: DecodingLimits())
    }

    private static func map(_ mapper: TextMapper, _ request: TextMapRequest, _ path: String = picture) throws -> TextMap
    {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        switch mapper.answer(request, picture: bytes) {
        case .map(let map): return map
        case .refusal(let sentence): throw Refused(sentence: sentence)
        }
    }

    private struct Refused: Error { let sentence: String }

    /// What the command writes of one picture and one text.
    private static func dense(
        _ method: DenseMethod, _ image: String, _ text: String, in scratch: ScratchFolder
    ) async throws -> (similarity: [Float], presence: Float) {
        let texts = try scratch.write(try JSONEncoder().encode([text]), to: "texts.json")
        let output = scratch("\(method.rawValue).safetensors")
        let command = try #require(
            try Entente.parseAsRoot([
                "dense", "--model", Checkout.model, "--method", method.rawValue, "--json-file", texts, "--output",
                output,
                image,
            ]) as? DenseCommand)
        try await command.run()
        let file = try Safetensors(path: output)
        return (try file.floats("patch_similarity"), try file.floats("presence")[0])
    }

    /// Bit for bit, whatever the analysis's way of fitting pictures: of the square that the model saw.
    @Test(arguments: DenseMethod.allCases) func mapsAreWhatDenseWrites(method: DenseMethod) async throws {
        let scratch = try ScratchFolder()
        let model = try DemoAnalysis.shared().model
        let mapper = Self.mapper()
        for fit in ImageFit.allCases {
            let decoded = try ImageDecoder.decode(
                [UInt8](Data(contentsOf: URL(fileURLWithPath: Self.picture))), named: "p", limits: DecodingLimits())
            // Neither a square nor of the model's size.
            let wide = decoded.resized(width: decoded.width * 2, height: decoded.height + 7, filter: .bicubic)
            let path = try scratch.write(wide.pngData(), to: "wide.png")
            let square = try scratch.write(model.preprocessor.fit(wide, as: fit).pngData(), to: "\(fit).png")
            for text in [Self.text, "", "e\u{301} <b>\"&\u{202E}"] {
                let map = try Self.map(
                    mapper, TextMapRequest(model: Self.fingerprint(), fit: fit, dense: method, text: text), path)
                let written = try await Self.dense(method, square, text, in: scratch)
                #expect(map.similarity.map(\.bitPattern) == written.similarity.map(\.bitPattern), "\(fit) \(text)")
                #expect(map.presence.bitPattern == written.presence.bitPattern, "\(fit) \(text)")
                #expect(map.head.dense == method && map.head.isOwn && map.absolute.allSatisfy { 0...1 ~= $0 })
                #expect(map.head.side * map.head.side == map.similarity.count)
            }
        }
    }

    @Test func withoutAMethodOfItsOwnTheCustomaryOneIsTaken() throws {
        let map = try Self.map(
            Self.mapper(), TextMapRequest(model: Self.fingerprint(), fit: .squash, dense: nil, text: Self.text))
        #expect(map.head.dense == .naclip && !map.head.isOwn && map.presence > 0.9)
        let absent = try Self.map(
            Self.mapper(),
            TextMapRequest(model: Self.fingerprint(), fit: .squash, dense: nil, text: "a photo of a cave kibbit."))
        #expect(absent.presence < 0.1 && absent.similarity != map.similarity)
    }

    /// Of a model that was trained to tell whether a text is there its own word counts, and of one without such tokens there is no map.
    @Test func modelsOfOtherKinds() throws {
        let models = Checkout.root + "/share/zoo/models"
        let mapper = Self.mapper([models])
        func request(_ model: String, _ dense: DenseMethod?) throws -> TextMapRequest {
            try TextMapRequest(
                model: .init(directory: models + "/" + model), fit: .squash, dense: dense, text: Self.text)
        }
        let map = try Self.map(mapper, request("siglip-s12", nil))
        #expect(map.head.dense == .naclip && map.head.score == "sigmoid" && 0...1 ~= map.presence)
        for (model, dense, words) in [
            ("siglip-s12", DenseMethod.cliptrase, "no class token"), ("resnet", nil, "is a ResNet"),
        ] {
            let refused = #expect(throws: Refused.self) { try Self.map(mapper, request(model, dense)) }
            #expect(refused?.sentence.contains(words) == true, "\(refused as Any)")
            // A reader is told which model, not where it lies.
            #expect(refused?.sentence.contains(Checkout.root) == false, "\(refused as Any)")
            #expect(refused?.sentence.contains("models/" + model) == true, "\(refused as Any)")
        }
    }

    @Test func whatIsMissingIsSaid() throws {
        let request = TextMapRequest(model: try Self.fingerprint(), fit: .squash, dense: nil, text: Self.text)
        let other = Analysis.ModelFingerprint(weights: "0a", configuration: "b", tokenizer: "c")
        for (mapper, request) in [
            (Self.mapper(["/no/such/folder"]), request),
            (Self.mapper(), TextMapRequest(model: other, fit: .squash, dense: nil, text: "x")),
        ] {
            let answer = mapper.answer(request, picture: [])
            guard case .refusal(let sentence) = answer else {
                Issue.record("\(answer)")
                continue
            }
            #expect(sentence.contains("ENTENTE_MODEL_PATH") && sentence.contains(request.model.weights))
        }
        guard case .refusal(let sentence) = Self.mapper().answer(request, picture: [1, 2, 3]) else {
            Issue.record("three bytes are no picture")
            return
        }
        #expect(sentence.contains("the picture") && sentence.hasSuffix("."))
    }

    /// The child is told what it needs, and no secret.
    @Test func theChildsEnvironmentHasNoSecret() async throws {
        let environment = [
            "PATH": "/bin", "HOME": "/root", "ENTENTE_POSTGRES_URI": "postgresql://u:hunter2@h/d",
            "ENTENTE_EXPLORE_TOKEN": "hunter2hunter2hunter2", "AWS_SECRET_ACCESS_KEY": "hunter2",
            "PGPASSWORD": "hunter2",
            "ENTENTE_CONFIG": "/hunter2", "https_proxy": "http://u:hunter2@p", "ENTENTE_KERNELS": "portable",
            "ENTENTE_IMAGE_MAX_BYTES": "77",
        ]
        let settings = try await Settings(environment: environment.filter { $0.key != "ENTENTE_CONFIG" })
        guard case .child(let options) = try MapProvision(settings: settings, models: "/m", environment: environment)
        else {
            Issue.record("no child")
            return
        }
        #expect(!(options.environment.values + options.command).contains { $0.contains("hunter2") })
        #expect(
            options.environment["ENTENTE_MODEL_PATH"] == "/m" && options.environment["ENTENTE_KERNELS"] == "portable")
        #expect(options.environment["ENTENTE_IMAGE_MAX_BYTES"] == "77" && options.idle == .seconds(600))
    }

    @Test func mapsCanBeSwitchedOff() async throws {
        func reason(_ environment: [String: String], _ models: String?) async throws -> String? {
            let settings = try await Settings(environment: environment)
            if case .none(let reason) = try MapProvision(settings: settings, models: models) { return reason }
            return nil
        }
        #expect(try await reason(["ENTENTE_EXPLORE_MAP_IDLE": "0"], "/m")?.contains("ENTENTE_EXPLORE_MAP_IDLE") == true)
        #expect(try await reason([:], nil)?.contains("ENTENTE_MODEL_PATH") == true)
        #expect(try await reason([:], "/m") == nil)
        await #expect(throws: SettingsError.self) { try await reason(["ENTENTE_EXPLORE_MAP_IDLE": "-1"], "/m") }
    }
}
