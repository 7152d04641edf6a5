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
            problems.append(Problem(file: path, line: nil, message: "The file is not JSON: \(error.reason)."))
            return nil
        }
    }
}
