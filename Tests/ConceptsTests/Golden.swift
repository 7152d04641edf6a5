import Foundation
import Testing

/// Reads the files that the scripts in `tools/golden` make.
enum Golden {
    /// - Parameter folder: what the script that made them is called.
    static func cases<Case: Decodable>(_ name: String, in folder: String = "concepts") throws -> [Case] {
        let tests = URL(fileURLWithPath: "\(#filePath)").deletingLastPathComponent()
        let data = try Data(contentsOf: tests.appending(path: "Golden/\(folder)/\(name).json"))
        let cases = try JSONDecoder().decode([Case].self, from: data)
        try #require(!cases.isEmpty, "\(name).json holds no case")
        return cases
    }

    static func bytes(_ base64: String) throws -> [UInt8] {
        [UInt8](try #require(Data(base64Encoded: base64)))
    }

    /// `count` bits, of each byte the highest first.
    static func bits(_ base64: String, count: Int) throws -> [Bool] {
        let bytes = try bytes(base64)
        try #require(bytes.count == (count + 7) / 8)
        return (0..<count).map { index in
            let shift = 7 - index % 8
            return (bytes[index / 8] >> shift) & 1 == 1
        }
    }
}

/// Expects every pair to be closer than `tolerance` (absolute plus relative), and shows the largest difference.
func expectClose(
    _ actual: some Collection<Double>, _ expected: some Collection<Double>, tolerance: Double,
    _ what: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(actual.count == expected.count, "\(what())", sourceLocation: sourceLocation)
    let worst = zip(actual, expected).map { ($0 - $1).magnitude / (1 + $1.magnitude) }.max() ?? 0
    #expect(worst <= tolerance, "\(what()): off by \(worst)", sourceLocation: sourceLocation)
    let areFinite = actual.allSatisfy(\.isFinite)
    #expect(areFinite, "\(what())", sourceLocation: sourceLocation)
}
