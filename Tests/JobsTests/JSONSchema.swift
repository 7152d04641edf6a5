import Inference

@testable import Settings

/// The part of JSON Schema (2020-12) that our schemas use. A keyword that isn't known here is a problem, so that nothing
/// is taken for checked that isn't.
struct JSONSchema {
    private let root: JSONValue

    init(_ root: JSONValue) { self.root = root }

    func problems(with value: JSONValue) throws -> [String] { try check(value, root, "$") }

    private func check(_ value: JSONValue, _ schema: JSONValue, _ place: String) throws -> [String] {
        guard case .object(let keywords) = schema else { return ["\(place): the schema is \(schema.kind)"] }
        return try keywords.flatMap { try check(value, $0.name, $0.value, place) }
    }

    private func check(
        _ value: JSONValue, _ keyword: String, _ rule: JSONValue, _ place: String
    ) throws -> [String] {
        switch (keyword, rule, value) {
        case ("$schema", _, _), ("$id", _, _), ("title", _, _), ("description", _, _), ("default", _, _): return []
        case ("type", .string(let type), _): return type == name(value) ? [] : ["\(place) is \(value.kind)"]
        case ("type", .array(let types), _):
            let allowed = types.contains { if case .string(let type) = $0 { type == name(value) } else { false } }
            return allowed ? [] : ["\(place) is \(value.kind)"]
        case ("required", .array(let names), .object(let members)):
            return names.compactMap { name in
                guard case .string(let name) = name else { return "\(place): bad schema" }
                return members.contains { $0.name == name } ? nil : "\(place) lacks \(name)"
            }
        case ("properties", .object(let schemas), .object(let members)):
            return try members.flatMap { member in
                guard let schema = schemas.first(where: { $0.name == member.name }) else { return [String]() }
                return try check(member.value, schema.value, "\(place).\(member.name)")
            }
        case ("items", _, .array(let elements)):
            return try elements.enumerated().flatMap { try check($1, rule, "\(place)[\($0)]") }
        case ("minItems", .number(let limit), .array(let elements)):
            return elements.count >= Int(limit) ?? .max ? [] : ["\(place) is too short"]
        case ("maxItems", .number(let limit), .array(let elements)):
            return elements.count <= Int(limit) ?? -1 ? [] : ["\(place) is too long"]
        case ("minLength", .number(let limit), .string(let text)):
            return text.unicodeScalars.count >= Int(limit) ?? .max ? [] : ["\(place) is too short"]
        case ("maxLength", .number(let limit), .string(let text)):
            return text.unicodeScalars.count <= Int(limit) ?? -1 ? [] : ["\(place) is too long"]
        case ("pattern", .string(let pattern), .string(let text)):
            let expression = try Regex(pattern).matchingSemantics(.unicodeScalar)
            return text.contains(expression) ? [] : ["\(place) doesn't match \(pattern)"]
        case ("anyOf", .array(let schemas), _):
            let isFine = try schemas.contains { try check(value, $0, place).isEmpty }
            return isFine ? [] : ["\(place) is none of what it may be"]
        // Of values of another type these say nothing.
        case ("required", .array, _), ("properties", .object, _), ("items", .object, _), ("minItems", .number, _),
            ("maxItems", .number, _), ("minLength", .number, _), ("maxLength", .number, _), ("pattern", .string, _):
            return []
        default: return ["\(place): the keyword \(keyword) isn't known"]
        }
    }

    private func name(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
