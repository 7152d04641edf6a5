import Foundation
import Testing

@testable import Inference

/// What PyTorch saved, compared with what PyTorch makes of it again.
@Suite struct CheckpointTests {
    private static let golden =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/") + "/Golden/checkpoints/"
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory()
    }

    private struct Tensor: Equatable {
        let dtype: SafetensorsDtype
        let shape: [Int]
        let bytes: [UInt8]
    }

    private func tensors(_ path: String) throws -> [String: Tensor] {
        let file = try MappedFile(path: path)
        return try file.withBytes { (bytes) throws -> [String: Tensor] in
            try SafetensorsHeader(bytes, path: path).entries.mapValues {
                Tensor(dtype: $0.dtype, shape: $0.shape, bytes: Array(bytes[$0.range]))
            }
        }
    }

    @Test(arguments: [
        "plain", "dictionary", "wrapped", "trained", "views", "kinds", "parameters", "names", "protocol-3",
        "protocol-4",
        "protocol-5", "wide",
    ]) func convertsToWhatPyTorchReads(name: String) throws {
        let expected = try tensors(Self.golden + "read/\(name).safetensors")
        try #require(!expected.isEmpty)
        let checkpoint = try Checkpoint(path: Self.golden + "read/\(name).pt")
        let target = "\(directory.path)/out.safetensors"
        try checkpoint.convert(to: target, metadata: ["from": "“it”"])
        #expect(try tensors(target) == expected)
        #expect(Set(checkpoint.names) == Set(expected.keys))
        let converted = try Safetensors(path: target)
        #expect(converted.metadata == ["from": "“it”"])
        for (name, tensor) in expected where [.float32, .float16, .bfloat16].contains(tensor.dtype) {
            #expect(try checkpoint.floats(name) == converted.floats(name), "\(name)")
            #expect(checkpoint[name]?.shape == tensor.shape)
        }
    }

    @Test func piecesAreSeams() throws {
        // More than one piece, of a view whose rows are not one behind the other.
        let (rows, columns) = (700, 611)
        let values = (0..<rows * columns).map { Float($0) }
        let storage = PickleScript.storage(count: values.count)
        let pickle = PickleScript.dictionary(
            ("turned", PickleScript.tensor(storage, shape: [columns, rows], strides: [1, columns])),
            ("whole", PickleScript.tensor(storage, shape: [rows, columns], strides: [columns, 1])),
            ("half", PickleScript.tensor(storage, offset: 1, shape: [rows, 305], strides: [columns, 2])))
        let archive = TorchArchive(pickle: pickle, storages: [values.withUnsafeBytes { Array($0) }])
        try directory.write(archive.bytes, to: "large.pt")
        let target = "\(directory.path)/large.safetensors"
        try Checkpoint(path: "\(directory.path)/large.pt").convert(to: target)
        let file = try Safetensors(path: target)
        #expect(try file.floats("whole") == values)
        let turned = (0..<columns).flatMap { column in (0..<rows).map { Float($0 * columns + column) } }
        #expect(try file.floats("turned") == turned)
        let half = (0..<rows).flatMap { row in (0..<305).map { Float(row * columns + 1 + 2 * $0) } }
        #expect(try file.floats("half") == half)
    }

    @Test(arguments: [
        ("whole-module", "asks for “torch.nn.modules.linear.Linear”", "torch.save(model.state_dict(), FILE)"),
        ("before-1.6", "the form that torch.save had before PyTorch 1.6", "save it again with torch.save"),
        ("float8", "a dtype that is not read here", "float32, float16 or bfloat16"),
        ("numpy", "asks for “numpy._core.multiarray.scalar”", "torch.save(model.state_dict(), FILE)"),
        ("arguments", "asks for “argparse.Namespace”", "torch.save(model.state_dict(), FILE)"),
        ("sparse", "asks for “torch._utils._rebuild_sparse_tensor”", "torch.save(model.state_dict(), FILE)"),
        ("tensor", "holds a tensor and no state dict", "torch.save(model.state_dict(), FILE)"),
        (
            "other-keys", "“epoch” of its state dict is a whole number and no tensor",
            "torch.save(model.state_dict(), FILE)"
        ),
        ("empty", "state dict is empty", "torch.save(model.state_dict(), FILE)"),
        ("compressed", "“archive/data.pkl” is compressed", "save it again with torch.save"),
        ("big-endian", "not little-endian", "save it again on another machine"),
        ("bare-pickle", "a bare pickle", "torch.save(model.state_dict(), FILE)"),
        ("script", "a TorchScript archive", "torch.save(torch.jit.load(FILE).state_dict(), OTHER)"),
        ("tar", "a tar archive", "save it again with torch.save"),
    ]) func whatIsNoStateDictIsRefusedByName(name: String, reason: String, mend: String) {
        let path = Self.golden + "refused/\(name).pt"
        let error = #expect(throws: InferenceError.self) { try Checkpoint(path: path) }
        let text = error?.description ?? ""
        #expect(error?.code == .modelTensor)
        #expect(text.hasPrefix(path + ": ") && text.contains(reason) && text.hasSuffix(mend), "\(text)")
    }

    @Test func aModelIsMadeOfIt() throws {
        for name in ["open_clip_config.json", "open_clip_pytorch_model.bin"] {
            try directory.copy(Self.golden + "model/\(name)", as: name)
        }
        let model = try ModelDirectory(directory.path)
        #expect(model.hasPickledWeights && model.weightsPath == "\(directory.path)/open_clip_pytorch_model.bin")
        #expect(try ModelDirectory.files(of: directory.path).weights == model.weightsPath)
        let target = "\(directory.path)/converted.safetensors"
        try Checkpoint(path: model.weightsPath).convert(to: target)
        #expect(try tensors(target) == tensors(Self.golden + "model/expected.safetensors"))
        let clip = try ClipModel.load(model, weights: Safetensors(path: target, of: model.weightsPath))
        #expect(clip.vision.embeddingWidth == 16 && clip.text?.contextLength == 12)

        // Messages name the file that somebody has to mend.
        try SafetensorsWriter(path: target, tensors: []).finish()
        let error = #expect(throws: InferenceError.self) {
            try ClipModel.load(model, weights: Safetensors(path: target, of: model.weightsPath))
        }
        #expect(error?.description.hasPrefix(model.weightsPath) == true, "\(error?.description ?? "")")

        // Where both are, it is the safetensors that count.
        try directory.copy(Self.golden + "model/expected.safetensors", as: "open_clip_model.safetensors")
        #expect(try !ModelDirectory(directory.path).hasPickledWeights)
    }
}
