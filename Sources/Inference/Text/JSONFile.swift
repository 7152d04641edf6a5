import Foundation

/// Reads the small JSON files of a model directory and says in one sentence what is wrong with one.
enum JSONFile {
    static func contents(path: String) throws(InferenceError) -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            var reason = "it does not exist"
            var isDirectory: ObjCBool = false
            if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
                reason = isDirectory.boolValue ? "it is a directory" : "access is denied or the medium fails"
            }
            throw InferenceError(.unreadableFile, "can't read \(path): \(reason)")
        }
    }

    /// - Parameter code: The code of the error for a file that is no JSON or of another shape.
    static func read<Value: Decodable>(
        _ type: Value.Type, path: String, code: InferenceError.Code
    ) throws(InferenceError) -> Value {
        let data = try contents(path: path)
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw InferenceError(code, "\(path)\(reason(error))")
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return " is not valid JSON" }
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
            return path.isEmpty ? "" : ", \(Vocabulary.quoted(path))"
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(place(context)): the field \"\(key.stringValue)\" is missing"
        case .valueNotFound(_, let context): "\(place(context)): a value is needed, not null"
        case .typeMismatch(let type, let context): "\(place(context)): a value of type \(type) is needed there"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            "\(place(context)): the value is out of range or of another kind than expected"
        // Foundation reports bad syntax and a number that does not fit alike, without the place.
        default: " is not valid JSON or holds a number that does not fit"
        }
    }
}
