@testable import HTTP
@testable import Jobs

/// Bytes from outside that jobs bring, and those with which hosts answer, as `InferenceInput` has those of Inference.
enum JobsInput: String, CaseIterable {
    case job, uri, head

    func read(_ bytes: [UInt8]) {
        switch self {
        case .job: _ = try? ImageJob(decoding: bytes)
        case .uri:
            let uri = String(decoding: bytes, as: UTF8.self)
            _ = redactedURI(uri)
            guard let url = try? HTTPURL(parsing: uri) else { return }
            // As a redirect's, too.
            _ = try? url.resolving(uri)
        case .head:
            var head = HTTPHead()
            for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
                Array(line).withUnsafeBytes { head.take($0) }
            }
            _ = (head.contentLength, head.isRedirect, head["retry-after"].flatMap(HTTPDate.seconds))
        }
    }
}
