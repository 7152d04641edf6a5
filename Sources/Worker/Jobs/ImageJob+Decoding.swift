import Inference
import Settings

extension ImageJob {
    /// Larger messages are refused unread: a job of 256 images with inline pictures stays far below.
    package static let maximumBytes = 16 << 20

    /// Reads a message's value.
    ///
    /// Unknown fields are ignored, `null` in an optional field is its absence. `schema` may name a minor version
    /// (`entente.image-job/v1.2`): minor versions only add fields that can be ignored. Any other is refused.
    ///
    /// - Parameter value: `nil` for a tombstone.
    /// - Throws: ``JobError``, and never anything else, whatever the bytes are.
    package init(decoding value: [UInt8]?) throws(JobError) {
        guard let value else { throw JobError(.tombstone, "the message has no value, so there is no job in it") }
        guard value.count <= Self.maximumBytes else {
            throw JobError(
                .jobTooLarge, "the message has \(value.count) bytes; a job may have \(Self.maximumBytes)")
        }
        let json: JSONValue
        do throws(JSONReader.Fault) { json = try JSONReader.read(value) } catch {
            switch error.kind {
            case .notJSON: throw JobError(.notJSON, "the message is not JSON: \(error.reason)")
            case .duplicateName: throw JobError(.duplicateField, "the message is ambiguous: \(error.reason)")
            }
        }
        guard case .object(let members) = json else {
            throw JobError(.notAnObject, "the message is \(json.kind); an image job is an object")
        }
        let fields = JobFields(members, place: "")
        // First of all: of another major version nothing else can be said.
        try Self.check(schema: try fields.requiredString("schema"))
        let analysis = try fields.requiredString("analysis")
        let submission = try fields.string("submission").map { Identifier($0) }
        let force = try fields.bool("force") ?? false
        let group = try fields.string("group").map { Identifier($0) }
        let entries = try fields.requiredArray("images")
        // Before the entries are looked at: a million of them needn't be.
        try Self.check(imageCount: entries.count)
        var images: [Image] = []
        for (index, entry) in entries.enumerated() {
            guard case .object(let members) = entry else {
                throw JobError(.badField, "“images[\(index)]” is \(entry.kind), not an object")
            }
            let fields = JobFields(members, place: "images[\(index)].")
            images.append(
                try Image(
                    id: Identifier(try fields.requiredString("id")), uri: try fields.requiredString("uri"),
                    label: try fields.string("label").map { Identifier($0) }, sha256: try fields.string("sha256"),
                    place: fields.place))
        }
        try self.init(analysis: analysis, submission: submission, force: force, group: group, images: images)
    }

    private static func check(schema: String) throws(JobError) {
        if schema == Self.schema { return }
        let minor = schema.utf8.dropFirst(Self.schema.utf8.count + 1)
        let isMinor =
            schema.utf8.starts(with: "\(Self.schema).".utf8) && !minor.isEmpty
            && minor.allSatisfy { (0x30...0x39).contains($0) } && (minor.count == 1 || minor.first != 0x30)
        guard isMinor else {
            throw JobError(
                .unknownSchema, "“schema” is \(quoted(schema)); this build reads \(Self.schema) and its minor versions")
        }
    }
}
