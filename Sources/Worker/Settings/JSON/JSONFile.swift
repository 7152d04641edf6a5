import Foundation
import Inference

/// A JSON file, read so that the order of members is kept: a descriptor bank is numbered in order of first occurrence.
package enum JSONFile {
    package static func read(_ path: String, problems: inout [Problem]) -> JSONValue? {
        guard let data = FileManager.default.contents(atPath: path) else {
            problems.append(
                Problem(file: path, line: nil, message: "The file can't be read; check the path and its permissions."))
            return nil
        }
        do {
            return try JSONReader.read([UInt8](data))
        } catch {
            let other = data.withUnsafeBytes { StandIn($0) }
            let reason = other.map { "it is \($0.name); \($0.mend)" } ?? error.reason
            problems.append(Problem(file: path, line: nil, message: "The file is not JSON: \(reason)."))
            return nil
        }
    }
}
