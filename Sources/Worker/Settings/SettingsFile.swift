import Inference

/// The JSON file of settings, checked whole: the reader of settings passes over what it does not know or can't use.
enum SettingsFile {
    /// What the keys of librdkafka's properties begin with; behind it a name's dots may be dots or levels of the file.
    private static let propertiesPrefix = "kafka.properties."

    /// - Returns: librdkafka's properties.
    /// - Throws: ``SettingsError`` with every key that is no setting and every value that no setting takes.
    package static func check(_ path: String) throws(SettingsError) -> [String: String] {
        var problems: [Problem] = []
        var properties: [String: String] = [:]
        if let root = JSONFile.read(path, problems: &problems) {
            if case .object = root {
                check(root, "", path, &problems, &properties)
            } else {
                problems.append(
                    Problem(file: path, line: nil, message: "The file has to hold an object, not \(root.kind)."))
            }
        }
        guard problems.isEmpty else {
            throw SettingsError(problems)
        }
        return properties
    }

    private static func check(
        _ value: JSONValue, _ key: String, _ path: String, _ problems: inout [Problem],
        _ properties: inout [String: String]
    ) {
        func report(_ message: String) { problems.append(Problem(file: path, line: nil, message: message)) }
        if case .object(let members) = value {
            for (name, value) in members {
                check(value, key.isEmpty ? name : key + "." + name, path, &problems, &properties)
            }
            return
        }
        if key.hasPrefix(propertiesPrefix) {
            let name = String(key.dropFirst(propertiesPrefix.count))
            if properties[name] != nil {
                report("`\(key)` is given twice, once with dots and once in levels; leave one out.")
            }
            switch value {
            case .string(let text): properties[name] = text
            case .number(let digits): properties[name] = digits
            case .bool(let flag): properties[name] = flag ? "true" : "false"
            default: report("`\(key)` has to be a string, a number or a boolean, not \(value.kind).")
            }
            return
        }
        guard Setting(rawValue: key) != nil else {
            let known = Setting.allCases.map(\.rawValue).joined(separator: ", ")
            return report("\(quoted(key)) is not a setting; settings are \(known).")
        }
        switch value {
        case .string: break
        case .number(let digits) where Int(digits) != nil: break
        case .number: report("`\(key)` has to be a string or a whole number.")
        default: report("`\(key)` has to be a string or a whole number, not \(value.kind).")
        }
    }
}
