import Inference
import Settings

extension ImageJob {
    static func check(analysis: String, submission: Identifier?, group: Identifier?) throws(JobError) {
        try checkHexadecimal(analysis, 32, "analysis", orUpperCase: false)
        if let submission { try check(submission.text, "submission") }
        if let group { try check(group.text, "group") }
    }

    static func check(imageCount count: Int) throws(JobError) {
        guard count > 0 else { throw JobError(.noImages, "“images” is empty; a job has 1 to 256 images") }
        guard count <= imageCounts.upperBound else {
            throw JobError(.tooManyImages, "“images” has \(count) entries; a job has 1 to 256 images")
        }
    }

    /// Text that PostgreSQL can store and a log line can show: not empty, not too long, no control characters.
    package static func check(
        _ text: String, _ field: String, maximum: Int = maximumNameLength, shown: String? = nil
    ) throws(JobError) {
        guard !text.isEmpty else { throw JobError(.badField, "“\(field)” is empty") }
        // Unicode's control characters are exactly these two ranges.
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }) else {
            throw JobError(.badField, "“\(field)” is \(quoted(shown ?? text)), which holds a control character")
        }
        guard maximum == .max || text.unicodeScalars.count <= maximum else {
            throw JobError(
                .badField, "“\(field)” is \(quoted(shown ?? text)), which is longer than \(maximum) characters")
        }
    }

    /// A URI that names its image and does not hold it has a length that tables and messages can bear.
    static func check(length uri: String, _ field: String) throws(JobError) {
        guard uri.utf8.count > maximumURIBytes, VisibleURI(uri).scheme != "data" else { return }
        throw JobError(
            .badField,
            "“\(field)” is \(quoted(redactedURI(uri))), which has \(uri.utf8.count) bytes; a URI other than data: may have "
                + "\(maximumURIBytes)")
    }

    static func checkHexadecimal(
        _ text: String, _ count: Int, _ field: String, orUpperCase: Bool
    ) throws(JobError) {
        let good =
            text.utf8.count == count
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
                case UInt8(ascii: "A")...UInt8(ascii: "F"): orUpperCase
                default: false
                }
            }
        guard good else {
            let digits = orUpperCase ? "hexadecimal digits" : "lower-case hexadecimal digits"
            throw JobError(.badField, "“\(field)” is \(quoted(text)), not \(count) \(digits)")
        }
    }
}
