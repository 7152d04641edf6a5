import Foundation
import Testing

@testable import Inference

@Suite struct SafetensorsTests {
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory()
    }

    private func open(header: String, claiming: UInt64? = nil, data: [UInt8] = []) throws -> Safetensors {
        let length = claiming ?? UInt64(header.utf8.count)
        try directory.write(
            withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array(header.utf8) + data, to: "file.safetensors")
        return try Safetensors(path: "\(directory.path)/file.safetensors")
    }

    private func tensor(_ name: String, _ shape: String, _ offsets: String, dtype: String = "F32") -> String {
        "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
    }

    @Test func readsEveryFloatKind() throws {
        let header = [
            "\"__metadata__\":{\"format\":\"pt\"}", tensor("half", "[3]", "[0,6]", dtype: "F16"),
            tensor("brain", "[1,2]", "[6,10]", dtype: "BF16"), tensor("single", "[2]", "[10,18]"),
            tensor("count", "[1]", "[18,22]", dtype: "I32"), tensor("none", "[0,4]", "[22,22]"),
        ]
        let data: [UInt8] = [
            0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0x80, 0x3f, 0x00, 0xc0, 0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc1, 7, 0, 0, 0,
        ]
        let file = try open(header: "{\(header.joined(separator: ","))}", data: data)
        #expect(file.names == ["brain", "count", "half", "none", "single"])
        #expect(file["brain"] == Safetensors.Description(dtype: .bfloat16, shape: [1, 2]))
        #expect(file["absent"] == nil)
        #expect(try file.floats("half") == [1, -2, 0x1p-24])
        #expect(try file.floats("brain") == [1, -2])
        #expect(try file.floats("single") == [1, -10])
        #expect(try file.floats("none") == [])
        #expect(try file.integers("count") == [7])
    }

    @Test(arguments: [
        (0, "can't hold a header"), (7, "can't hold a header"), (8, "claims 64 bytes of a file of 8"),
        (40, "claims 64 bytes of a file of 40"), (75, "cut short"),
    ])
    func namesTruncation(size: Int, reason: String) throws {
        let header = tensor("a", "[2]", "[0,8]")
        let whole = Array("{\(header)}".utf8)
        let padded = whole + [UInt8](repeating: 32, count: 64 - whole.count)
        let bytes = [64, 0, 0, 0, 0, 0, 0, 0] + padded + [UInt8](repeating: 0, count: 8)
        try directory.write(Array(bytes.prefix(size)), to: "cut.safetensors")
        let error = #expect(throws: InferenceError.self) { try Safetensors(path: "\(directory.path)/cut.safetensors") }
        #expect(error?.code == .modelTensor)
        #expect(error?.description.contains("\(directory.path)/cut.safetensors") == true)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: [UInt64.max, 1 << 63, UInt64(Int.max), 100_000_001, 1 << 40])
    func refusesHostileHeaderLengths(claim: UInt64) throws {
        let error = #expect(throws: InferenceError.self) { try open(header: "{}", claiming: claim) }
        #expect(error?.description.contains("claims \(claim) bytes") == true)
    }

    @Test func refusesHeadersThatContradictThemselves() throws {
        let cases: [(header: String, reason: String)] = [
            ("nonsense", "it is not JSON"), ("[]", "it is no object"),
            ("\u{0}", "it is not JSON"),
            (String(repeating: "[", count: 100_000), "nested deeper than 64 levels"),
            ("{\"a\":3}", "can't be read: a is missing or of the wrong type"),
            ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", "a.data_offsets is missing"),
            ("{\(tensor("a", "[1.5]", "[0,8]"))}", "header can't be read"),
            ("{\(tensor("a", "[99999999999999999999]", "[0,8]"))}", "header can't be read"),
            ("{\(tensor("a", "[2]", "[0,8]", dtype: "F99"))}", "tensor a: its dtype F99"),
            ("{\(tensor("a", "[-2]", "[0,8]"))}", "tensor a: its shape [-2] is impossible"),
            ("{\(tensor("a", "[4611686018427387904,4]", "[0,8]"))}", "impossible"),
            ("{\(tensor("a", "[3]", "[0,8]"))}", "tensor a: 8 bytes don't make F32 [3]"),
            ("{\(tensor("a", "[2]", "[8,0]"))}", "no range"),
            ("{\(tensor("a", "[2]", "[-8,0]"))}", "no range"),
            ("{\(tensor("a", "[2]", "[0]"))}", "no range"),
            ("{\(tensor("a", "[2]", "[0,9223372036854775807]"))}", "cut short"),
            ("{\(tensor("a", "[2]", "[4,12]"))}", "tensor a: it ends at byte 12 of 8"),
            ("{\(tensor("a", "[1]", "[0,4]")),\(tensor("b", "[2]", "[0,8]"))}", "tensor b overlaps"),
            ("{\(tensor("a", "[1]", "[4,8]"))}", "tensor a leaves a gap"),
            ("{\(tensor("a", "[1]", "[0,4]"))}", "4 bytes at its end belong to no tensor"),
            ("{}", "8 bytes at its end"),
        ]
        for (header, reason) in cases {
            let error = #expect(throws: InferenceError.self, "\(header.prefix(80))") {
                try open(header: header, data: [UInt8](repeating: 0, count: 8))
            }
            #expect(error?.code == .modelTensor)
            #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        }
    }

    @Test func refusesWhatIsNoFiniteFloat() throws {
        let header = [
            tensor("nan", "[2]", "[0,8]"), tensor("inf", "[2]", "[8,12]", dtype: "F16"),
            tensor("long", "[1]", "[12,20]", dtype: "I64"),
        ]
        let data: [UInt8] = [0, 0, 0x80, 0x3f, 0, 0, 0xc0, 0x7f, 0, 0x7c, 0, 0] + [UInt8](repeating: 0, count: 8)
        let file = try open(header: "{\(header.joined(separator: ","))}", data: data)
        for (name, reason) in [("nan", "not finite"), ("inf", "not finite"), ("long", "I64"), ("none", "missing")] {
            let error = #expect(throws: InferenceError.self) { try file.floats(name) }
            #expect(error?.description.contains("tensor \(name):") == true)
            #expect(error?.description.contains(reason) == true)
        }
        #expect(throws: InferenceError.self) { try file.integers("nan") }
    }

    @Test func namesFilesThatCannotBeRead() throws {
        for path in ["\(directory.path)/absent.safetensors", directory.path] {
            let error = #expect(throws: InferenceError.self) { try Safetensors(path: path) }
            #expect(error?.code == .unreadableFile)
            #expect(error?.description.contains(path) == true)
        }
    }
}
