/// One object of a model's configuration. Every field has to be asked for: what nobody asked for is refused at the end,
/// since a field that is not understood may change what the model computes.
struct ConfigurationFields {
    private let file: String
    /// The dotted path of the object within the file.
    private let path: String
    private var fields: [String: ConfigurationValue]

    init(_ value: ConfigurationValue?, at path: String, in file: String) throws(InferenceError) {
        self.file = file
        self.path = path
        guard case .object(let fields) = value else {
            throw InferenceError(
                .modelConfiguration, "\(file): \(path) is \(value.map(\.description) ?? "missing"), not an object")
        }
        self.fields = fields
    }

    /// An object without a field.
    static func none(in file: String) throws(InferenceError) -> ConfigurationFields {
        try ConfigurationFields(.object([:]), at: "config", in: file)
    }

    mutating func object(_ name: String) throws(InferenceError) -> ConfigurationFields {
        try ConfigurationFields(fields.removeValue(forKey: name), at: "\(path).\(name)", in: file)
    }

    mutating func integer(
        _ name: String, default standard: Int? = nil, in range: ClosedRange<Int>
    ) throws(InferenceError) -> Int {
        guard let value = fields.removeValue(forKey: name) else {
            guard let standard else { throw refusal(name, "is missing") }
            return standard
        }
        guard case .integer(let number) = value, range.contains(number) else {
            throw refusal(
                name, "is \(value); a whole number from \(range.lowerBound) to \(range.upperBound) is needed")
        }
        return number
    }

    func isList(_ name: String) -> Bool {
        if case .array? = fields[name] { true } else { false }
    }

    /// A list of whole numbers.
    mutating func integers(_ name: String, count: Int, in range: ClosedRange<Int>) throws(InferenceError) -> [Int] {
        guard case .array(let values)? = fields.removeValue(forKey: name) else { throw refusal(name, "is missing") }
        let numbers = values.compactMap { value -> Int? in
            if case .integer(let number) = value, range.contains(number) { number } else { nil }
        }
        guard numbers.count == values.count, numbers.count == count else {
            throw refusal(
                name,
                "is \(ConfigurationValue.array(values)); \(count) whole numbers from \(range.lowerBound) to "
                    + "\(range.upperBound) are needed")
        }
        return numbers
    }

    /// A whole number, or a pair of equal ones.
    mutating func side(_ name: String, default standard: Int, in range: ClosedRange<Int>) throws(InferenceError) -> Int
    {
        if case .array(let pair) = fields[name], pair.count == 2, pair[0] == pair[1] { fields[name] = pair[0] }
        if case .array = fields[name] {
            throw refusal(name, "is \(fields[name] ?? .null); only squares are implemented")
        }
        return try integer(name, default: standard, in: range)
    }

    /// A positive number.
    mutating func ratio(_ name: String, default standard: Double) throws(InferenceError) -> Double {
        switch fields.removeValue(forKey: name) {
        case nil: return standard
        case .integer(let value) where value > 0 && value <= 1000: return Double(value)
        case .number(let value) where value > 0 && value <= 1000: return value
        case .some(let value): throw refusal(name, "is \(value); a number above 0, at most 1000, is needed")
        }
    }

    /// null counts as false, as it does in Python.
    mutating func boolean(_ name: String, default standard: Bool) throws(InferenceError) -> Bool {
        switch fields.removeValue(forKey: name) {
        case nil: return standard
        case .null where !standard: return false
        case .boolean(let value): return value
        case .some(let value): throw refusal(name, "is \(value); true or false is needed")
        }
    }

    mutating func text(_ name: String, default standard: String) throws(InferenceError) -> String {
        switch fields.removeValue(forKey: name) {
        case nil: return standard
        case .string(let value): return value
        case .some(let value): throw refusal(name, "is \(value); a string is needed")
        }
    }

    /// The string that a field holds, left where it is; nil for anything else.
    func name(_ name: String) -> String? {
        if case .string(let value)? = fields[name] { value } else { nil }
    }

    /// The value of a field that is there and not null.
    mutating func take(_ name: String) -> ConfigurationValue? {
        let value = fields.removeValue(forKey: name)
        return value == .null ? nil : value
    }

    /// As ``isGiven(_:)``, leaving the field where it is.
    func holds(_ name: String) -> Bool { (fields[name] ?? .null) != .null }

    /// Whether the field has this value.
    func holds(_ name: String, _ value: ConfigurationValue) -> Bool { fields[name] == value }

    /// Whether the field is there and not null.
    mutating func isGiven(_ name: String) -> Bool {
        (fields.removeValue(forKey: name) ?? .null) != .null
    }

    /// Fields that change nothing in a forward pass, whatever they say.
    mutating func ignore(_ names: String...) {
        for name in names { fields.removeValue(forKey: name) }
    }

    /// Fields of which only values that change nothing are implemented. Where false is one, null is too.
    mutating func require(_ names: String..., toBe neutral: ConfigurationValue...) throws(InferenceError) {
        for name in names {
            guard let value = fields.removeValue(forKey: name), !neutral.contains(value),
                !(value == .null && neutral.contains(.boolean(false)))
            else { continue }
            throw refusal(
                name,
                "is \(value), which is not implemented; only \(neutral.map(\.description).joined(separator: " or ")) "
                    + "is")
        }
    }

    /// To be called when everything known has been asked for.
    func refuseRest() throws(InferenceError) {
        guard let name = fields.keys.min() else { return }
        throw refusal(name, "is not known here, and might change what the model computes")
    }

    func refusal(_ name: String, _ reason: String) -> InferenceError {
        InferenceError(.modelConfiguration, "\(file): \(path).\(name) \(reason)")
    }
}
