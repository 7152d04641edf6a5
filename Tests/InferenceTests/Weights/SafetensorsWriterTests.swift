import Foundation
import Testing

@testable import Inference

@Suite struct SafetensorsWriterTests {
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory()
    }

    private var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() }
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let path = "\(directory.path)/out.safetensors"
        let odd = "odd \"name\"\\\u{1}é"
        let writer = try SafetensorsWriter(
            path: path,
            tensors: [
                .init("embeddings", shape: [2, 3]), .init("ids", .int32, shape: [2, 2]), .init("scalar", shape: []),
                .init("none", shape: [0, 5]), .init(odd, .int32, shape: [1]),
            ])
        // Rows of different tensors come in turns.
        try writer.append([1, 2, 3] as [Float], to: "embeddings")
        try writer.append([-1, .max] as [Int32], to: "ids")
        try writer.append([4, 5, -0.5] as [Float], to: "embeddings")
        try writer.append([8, .min] as [Int32], to: "ids")
        try writer.append([9] as [Float], to: "scalar")
        try writer.append([3] as [Int32], to: odd)
        #expect(!FileManager.default.fileExists(atPath: path))
        try writer.finish()
        #expect(try files == ["out.safetensors"])

        let file = try Safetensors(path: path)
        #expect(file.names == ["embeddings", "ids", "none", odd, "scalar"])
        #expect(file["embeddings"] == Safetensors.Description(dtype: .float32, shape: [2, 3]))
        #expect(try file.floats("embeddings") == [1, 2, 3, 4, 5, -0.5])
        #expect(try file.integers("ids") == [-1, .max, 8, .min])
        #expect(try file.floats("scalar") == [9] && file["scalar"]?.shape == [])
        #expect(try file.floats("none") == [])
        #expect(try file.integers(odd) == [3])
        // Other readers map the data and expect it aligned.
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(bytes[0] % 8 == 0)
    }

    @Test func anUnfinishedFileLeavesTheOldOneAlone() throws {
        try directory.write("precious", to: "out.safetensors")
        do {
            let writer = try SafetensorsWriter(
                path: "\(directory.path)/out.safetensors", tensors: [.init("a", shape: [2])])
            try writer.append([1] as [Float], to: "a")
        }
        #expect(try files == ["out.safetensors"])
        #expect(try String(contentsOfFile: "\(directory.path)/out.safetensors", encoding: .utf8) == "precious")
    }

    @Test func namesPathsThatCannotBeWritten() throws {
        let inside = "\(directory.path)/absent/out.safetensors"
        let error = #expect(throws: InferenceError.self) { try SafetensorsWriter(path: inside, tensors: []) }
        #expect(error?.code == .unwritableFile)
        #expect(error?.description.contains(inside) == true)

        // A folder stands where the file should go.
        try FileManager.default.createDirectory(
            atPath: "\(directory.path)/folder/full", withIntermediateDirectories: true)
        let folder = "\(directory.path)/folder"
        let refusal = #expect(throws: InferenceError.self) { try SafetensorsWriter(path: folder, tensors: []) }
        #expect(refusal?.code == .unwritableFile)
        #expect(refusal?.description.contains(folder) == true)
        #expect(try files == ["folder"])
    }

    @Test func writesTheFileBehindALink() throws {
        try directory.write("old", to: "target.safetensors")
        let link = "\(directory.path)/link.safetensors"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "target.safetensors")
        try SafetensorsWriter(path: link, tensors: []).finish()
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "target.safetensors")
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(directory.path)/target.safetensors")).count > 3)
    }
}
