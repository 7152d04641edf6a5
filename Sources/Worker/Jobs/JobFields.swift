import Inference
import Settings

/// The members of one JSON object of a job, taken by name and type.
struct JobFields {
    /// What goes before a field's name in messages, such as `images[3].`.
    let place: String
    private let members: [(name: String, value: JSONValue)]

    init(_ members: [(name: String, value: JSONValue)], place: String) {
        self.members = members
        self.place = place
    }

    /// `nil` when it is absent or null.
    private func value(_ name: String) -> JSONValue? {
        switch members.first(where: { $0.name == name })?.value {
        case nil, .null?: nil
        case let value?: value
        }
    }

    private func mismatch(_ name: String, _ value: JSONValue, _ wanted: String) -> JobError {
        JobError(.badField, "“\(place)\(name)” is \(value.kind), not \(wanted)")
    }

    private func missing(_ name: String) -> JobError { JobError(.missingField, "“\(place)\(name)” is missing") }

    func string(_ name: String) throws(JobError) -> String? {
        switch value(name) {
        case nil: return nil
        case .string(let text)?: return text
        case let other?: throw mismatch(name, other, "a string")
        }
    }

    func requiredString(_ name: String) throws(JobError) -> String {
        guard let text = try string(name) else { throw missing(name) }
        return text
    }

    func bool(_ name: String) throws(JobError) -> Bool? {
        switch value(name) {
        case nil: return nil
        case .bool(let flag)?: return flag
        case let other?: throw mismatch(name, other, "true or false")
        }
    }

    func requiredArray(_ name: String) throws(JobError) -> [JSONValue] {
        switch value(name) {
        case nil: throw missing(name)
        case .array(let elements)?: return elements
        case let other?: throw mismatch(name, other, "an array")
        }
    }
}
