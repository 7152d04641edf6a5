import Foundation
import Testing

@testable import Inference

/// What nobody's `torch.save` writes: each is refused in words, at once, and without more memory than the file is large.
@Suite struct HostileCheckpointTests {
    private func refusal(_ archive: TorchArchive, sourceLocation: SourceLocation = #_sourceLocation) -> String {
        refusal(archive.bytes, sourceLocation: sourceLocation)
    }

    private func refusal(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) -> String {
        let start = ContinuousClock.now
        let error = #expect(throws: InferenceError.self, sourceLocation: sourceLocation) {
            _ = try bytes.withUnsafeBytes { try CheckpointContents($0, path: "evil.pt").tensors.count }
        }
        #expect(start.duration(to: .now) < .seconds(20), sourceLocation: sourceLocation)
        #expect(error?.code == .modelTensor, sourceLocation: sourceLocation)
        #expect(error?.description.hasPrefix("evil.pt: ") == true, sourceLocation: sourceLocation)
        return error?.description ?? ""
    }

    private static let four = [UInt8](repeating: 0, count: 16)

    /// A dictionary of one tensor over storage "0" of four floats.
    private func view(offset: Int = 0, _ shape: [Int], _ strides: [Int]) -> TorchArchive {
        let tensor = PickleScript.tensor(
            PickleScript.storage(count: 4), offset: offset, shape: shape, strides: strides)
        return TorchArchive(pickle: PickleScript.dictionary(("w", tensor)), storages: [Self.four])
    }

    /// The storage's sound archive, which the cases below differ from.
    @Test func theSoundOneIsRead() throws {
        var archive = view([2, 2], [2, 1])
        for isWide in [false, true] {
            archive.isWide = isWide
            for index in archive.entries.indices { archive.entries[index].isWide = isWide }
            archive.comment = isWide ? Array("PK\u{5}\u{6} no end".utf8) : []
            let tensors = try archive.bytes.withUnsafeBytes { try CheckpointContents($0, path: "sound.pt").tensors }
            #expect(tensors.map(\.name) == ["w"] && tensors[0].tensor.shape == [2, 2])
        }
    }

    @Test(arguments: [
        ("posix", "system"), ("builtins", "eval"), ("__builtin__", "getattr"), ("torch", "load"),
        ("torch.hub", "load"), ("collections", "deque"), ("torch._utils", "_rebuild_tensor"), ("os", "FloatStorage"),
        ("torch", "OrderedDict"), ("collections\u{0}", "OrderedDict"), ("torch.FloatStorage", ""),
    ]) func otherNamesAreNeverLookedUp(module: String, name: String) {
        var old: [UInt8] = PickleScript.start + PickleScript.global(module, name)
        old += PickleScript.tuple(PickleScript.text("id")) + [0x52] + PickleScript.stop
        var new: [UInt8] = PickleScript.start + PickleScript.text(module) + PickleScript.text(name)
        new += [0x93] + PickleScript.stop
        for pickle in [old, new] {
            let message = refusal(TorchArchive(pickle: pickle))
            #expect(message.contains("asks for \("\(module).\(name)".quoted)"), "\(message)")
        }
    }

    @Test func callsOfAnythingElseAreRefused() {
        func says(_ reason: String, _ parts: [UInt8]..., sourceLocation: SourceLocation = #_sourceLocation) {
            var pickle: [UInt8] = PickleScript.start
            for part in parts { pickle += part }
            let message = refusal(TorchArchive(pickle: pickle + PickleScript.stop), sourceLocation: sourceLocation)
            #expect(message.contains(reason), "\(message)", sourceLocation: sourceLocation)
        }
        let dictionary: [UInt8] = PickleScript.global("collections", "OrderedDict")
        let none: [UInt8] = [0x4E]
        says("calls OrderedDict with 1 arguments", dictionary, PickleScript.tuple(none), [0x52])
        says(
            "out of nothing", PickleScript.global("torch", "FloatStorage"),
            PickleScript.tuple(PickleScript.long(1 << 40)),
            [0x52])
        says("calls a text", PickleScript.text("x"), [0x29, 0x52])
        says("calls a name of Python's", dictionary, [0x5D, 0x52])
        says(
            "makes no sense", PickleScript.global("torch._utils", "_rebuild_parameter"),
            PickleScript.tuple(none, [0x88], none), [0x52])
        says(
            "with 2 arguments", PickleScript.global("torch._utils", "_rebuild_tensor_v2"),
            PickleScript.tuple(none, none),
            [0x52])
        says("NEWOBJ", dictionary, [0x29, 0x81])
        says("OBJ", [0x28], dictionary, [0x6F])
        says("INST", [0x28, 0x69], Array("os\nsystem\n".utf8))
        says("EXT1", [0x82, 1])
        says("PERSID", [0x50], Array("0\n".utf8))
        says("sets attributes", [0x7D, 0x4E, 0x62])
        says("sets attributes", dictionary, [0x7D, 0x62])
        says("number 0", [0])
    }

    @Test func bombsAndKnotsEnd() {
        let start = PickleScript.start
        // Each tuple holds the one before it twice.
        var bomb: [UInt8] = start
        bomb += [0x4B, 1, 0x71, 0]
        for _ in 0..<100_000 { bomb += [0x68, 0, 0x86, 0x71, 0] }
        #expect(refusal(TorchArchive(pickle: bomb + [0x2E])).contains("holds a tuple and no state dict"))
        // Each tuple holds the one before it, nine hundred thousand deep.
        var deep: [UInt8] = start + [0x29]
        deep += [UInt8](repeating: 0x85, count: 900_000)
        #expect(refusal(TorchArchive(pickle: deep + [0x2E])).contains("holds a tuple"))
        // A dictionary in itself.
        var knot: [UInt8] = start + [0x7D, 0x71, 0]
        knot += PickleScript.text("state_dict")
        #expect(
            refusal(TorchArchive(pickle: knot + [0x68, 0, 0x73, 0x2E])).contains(
                "“state_dict” of its state dict is a dictionary"))
        let list: [UInt8] = start + [0x5D, 0x71, 0, 0x68, 0, 0x61, 0x2E]
        #expect(refusal(TorchArchive(pickle: list)).contains("holds a list"))
        // More values than anybody has, on one stack or in one list.
        func many(_ byte: UInt8, _ count: Int) -> String {
            let pickle: [UInt8] = start + [UInt8](repeating: byte, count: count)
            return refusal(TorchArchive(pickle: pickle))
        }
        #expect(many(0x4E, 3_000_000).contains("more than 1000000 instructions"))
        #expect(many(0x28, 2_100_000).contains("more than 1000000 instructions"))
        #expect(many(0x4E, 17 << 20).contains("bytes; 16777216 are read at most"))
        // Lengths that are not there, and places far off.
        let short: [[UInt8]] = [
            [0x58, 0xFF, 0xFF, 0xFF, 0xFF], [0x8C, 9, 1], [0x8A, 8, 1], [0x47, 1], [0x63, 0x61, 0x0A], [],
        ]
        for body in short {
            #expect(refusal(TorchArchive(pickle: start + body)).contains("its data.pkl is cut short"), "\(body)")
        }
        #expect(refusal(TorchArchive(pickle: start + [0x8A, 200, 1])).contains("a whole number of 200 bytes"))
        let odd: [[UInt8]] = [
            [0x4E, 0x72, 0xFF, 0xFF, 0xFF, 0xFF, 0x6A, 0xFE, 0xFF, 0xFF, 0xFF], [0x71, 0], [0x28, 0x71, 0], [0x2E],
            [0x85],
            [0x74], [0x28, 0x4E, 0x86], [0x7D, 0x28, 0x4E, 0x75], [0x4E, 0x28, 0x4E, 0x2E], [0x58, 1, 0, 0, 0, 0xFF],
            [0x51],
            [0x4E, 0x51], [0x5D, 0x4E, 0x4E, 0x73],
        ]
        for body in odd {
            let pickle: [UInt8] = start + body + PickleScript.stop
            let message = refusal(TorchArchive(pickle: pickle))
            #expect(message.contains("makes no sense"), "\(body): \(message)")
        }
        #expect(refusal(TorchArchive(pickle: [0x80, 6, 0x4E, 0x2E])).contains("protocol 6"))
    }

    @Test(
        arguments: [
            (0, [5], [1]), (1, [4], [1]), (0, [2, 2], [3, 2]), (-1, [1], [1]), (0, [-1], [1]), (3, [2], [-1]),
            (0, [2], [.max]), (.max, [2], [1]), (0, [.max, .max], [0, 0]), (0, [1 << 62], [0]), (0, [2], [1, 1]),
            (4, [], []), (0, .init(repeating: 1, count: 65), .init(repeating: 1, count: 65)),
        ] as [(Int, [Int], [Int])]) func viewsBeyondTheirStorageAreRefused(offset: Int, shape: [Int], strides: [Int])
    {
        let message = refusal(view(offset: offset, shape, strides))
        #expect(message.contains("it holds a tensor of shape") || message.contains("makes no sense"), "\(message)")
    }

    @Test func viewsThatGrowWithoutEndAreRefused() {
        #expect(refusal(view([1 << 30], [0])).contains("more than 8 times the file's size"))
        // Sums that overflow, of tensors that do not.
        let huge = PickleScript.tensor(PickleScript.storage(count: 4), shape: [1 << 59], strides: [0])
        let pickle = PickleScript.dictionary(("a", huge), ("b", huge), ("c", huge), ("d", huge), ("e", huge))
        #expect(refusal(TorchArchive(pickle: pickle, storages: [Self.four])).contains("8 times"))
    }

    /// It has no place that it would have to be at.
    @Test(
        arguments: [
            ([0, 1 << 40], [1 << 50, 1]), ([0, 1 << 40, 1 << 10], [1, 1 << 10, 1]), ([1 << 59, 0], [1, 1]), ([0], [0]),
        ] as [([Int], [Int])]) func aTensorWithoutElementsIsNoTrap(shape: [Int], strides: [Int]) throws
    {
        let directory = try ScratchDirectory()
        try directory.write(view(offset: 99, shape, strides).bytes, to: "none.pt")
        let checkpoint = try Checkpoint(path: "\(directory.path)/none.pt")
        #expect(try checkpoint.floats("w") == [])
        try checkpoint.convert(to: "\(directory.path)/none.safetensors")
        #expect(try Safetensors(path: "\(directory.path)/none.safetensors")["w"]?.shape == shape)
    }

    @Test(arguments: [[1 << 61, 0], [1 << 40, 1 << 40, 0]]) func extentsThatNoTensorHasAreRefused(shape: [Int]) {
        #expect(refusal(view(shape, shape.map { _ in 1 })).contains("it holds a tensor of shape"))
    }

    @Test func storagesAreWhatTheyClaim() {
        func one(_ storage: [UInt8], _ storages: [[UInt8]] = [Self.four]) -> String {
            refusal(
                TorchArchive(
                    pickle: PickleScript.dictionary(("w", PickleScript.tensor(storage, shape: [1], strides: [1]))),
                    storages: storages))
        }
        #expect(one(PickleScript.storage(count: 3)).contains("16 bytes for 3 values of F32"))
        #expect(one(PickleScript.storage(count: -4)).contains("16 bytes for -4 values"))
        #expect(one(PickleScript.storage(count: 1 << 62)).contains("16 bytes for 4611686018427387904 values"))
        #expect(one(PickleScript.storage(key: "../data/0", count: 4)).contains("storage “../data/0” is missing"))
        #expect(one(PickleScript.storage(key: "/etc/passwd", count: 4)).contains("storage “/etc/passwd” is missing"))
        let both = PickleScript.tuple(PickleScript.storage("HalfStorage", count: 8), PickleScript.storage(count: 4))
        let pickle: [UInt8] = PickleScript.start + both + PickleScript.stop
        #expect(refusal(TorchArchive(pickle: pickle, storages: [Self.four])).contains("of two kinds or lengths"))
    }

    @Test func archivesThatContradictThemselvesAreRefused() {
        func changed(_ change: (inout TorchArchive) -> Void) -> String {
            var archive = view([4], [1])
            change(&archive)
            return refusal(archive)
        }
        #expect(changed { $0.entries[2].method = 8 }.contains("“top/data/0” is compressed"))
        #expect(changed { $0.entries[2].flags = 1 }.contains("“top/data/0” is encrypted"))
        #expect(changed { $0.entries[2].claimedSize = 1 << 30 }.contains("ends beyond the data"))
        #expect(changed { $0.entries[2].claimedOffset = 0 }.contains("overlaps"))
        #expect(changed { $0.entries[0].claimedSize = 60_000 }.contains("ends beyond the data"))
        #expect(changed { $0.entries[0].claimedSize = UInt32($0.entries[0].bytes.count + 40) }.contains("overlaps"))
        #expect(changed { $0.entries[2].claimedOffset = 7 }.contains("not where the table of contents says"))
        #expect(changed { $0.claimedCount = 9 }.contains("table of contents can't be read"))
        #expect(changed { $0.claimedCount = 0 }.contains("without data.pkl"))
        #expect(
            changed {
                $0.isWide = true; $0.claimedCount = 9
            }.contains("table of contents can't be read"))
        for name in ["/top/x", "top/../x", "x", "other/x", "top\\x", "top/a\u{0}"] {
            #expect(
                changed { $0.entries.append(.init(name: name, bytes: [])) }.contains("does not lie in one top folder"),
                "\(name)")
        }
        #expect(changed { $0.entries.append($0.entries[2]) }.contains("is there twice"))
        #expect(changed { $0.entries.append(.init(name: "top/constants.pkl", bytes: [])) }.contains("TorchScript"))
        let whole = view([4], [1]).bytes
        for count in stride(from: 0, to: whole.count, by: 7) {
            let message = refusal(Array(whole.prefix(count)))
            #expect(count < 4 || message.contains("cut short"), "\(message)")
        }
    }

    @Test func namesOfTensorsAreNames() {
        let tensor = PickleScript.tensor(PickleScript.storage(count: 4), shape: [4], strides: [1])
        func dictionary(_ names: String...) -> String {
            let pickle: [UInt8] = PickleScript.dictionary(names.map { ($0, tensor) })
            return refusal(TorchArchive(pickle: pickle, storages: [Self.four]))
        }
        #expect(dictionary("a", "a").contains("“a” is there twice"))
        #expect(dictionary("__metadata__").contains("no name of a tensor's"))
        #expect(dictionary(String(repeating: "n", count: 2000)).contains("no name of a tensor's"))
        #expect(dictionary("module.a", "b").contains("“b” is not"))
    }
}
