import Foundation

/// Reads the JSON files of a model directory and says in one sentence what is wrong with one.
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
        try decode(type, [UInt8](contents(path: path)), named: path, code: code)
    }

    /// As ``read(_:path:code:)``, of bytes that are at hand.
    static func decode<Value: Decodable>(
        _ type: Value.Type, _ bytes: [UInt8], named name: String, code: InferenceError.Code
    ) throws(InferenceError) -> Value {
        do {
            return try JSONReader.decode(type, from: bytes)
        } catch {
            if let other = bytes.withUnsafeBytes({ StandIn($0) }) {
                throw InferenceError(code, "\(name) is not JSON: it is \(other.name); \(other.mend)")
            }
            throw InferenceError(code, "\(name)\(reason(error))")
        }
    }

    private static func reason(_ error: any Error) -> String {
        if let fault = error as? JSONReader.Fault {
            return fault.kind == .duplicateName
                ? ": \(fault.reason); one of the two has to go" : " is not JSON: \(fault.reason)"
        }
        guard let error = error as? DecodingError else { return " is not JSON" }
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
            return path.isEmpty ? "" : ", \(path.quoted)"
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(place(context)): the field \"\(key.stringValue)\" is missing"
        case .valueNotFound(_, let context): "\(place(context)): a value is needed, not null"
        case .typeMismatch(let type, let context): "\(place(context)): a value of type \(type) is needed there"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            "\(place(context)): the value is out of range or of another kind than expected"
        default: " holds a value that is out of range or of another kind than expected"
        }
    }
}
