import Inference

/// The JSON file of settings, checked whole: the reader of settings passes over what it does not know or can't use.
enum SettingsFile {
    /// - Throws: ``SettingsError`` with every key that is no setting and every value that no setting takes.
    package static func check(_ path: String) throws(SettingsError) {
        var problems: [Problem] = []
        if let root = JSONFile.read(path, problems: &problems) {
            if case .object = root {
                check(root, "", path, &problems)
            } else {
                problems.append(
                    Problem(file: path, line: nil, message: "The file has to hold an object, not \(root.kind)."))
            }
        }
        guard problems.isEmpty else {
            throw SettingsError(problems)
        }
    }

    private static func check(_ value: JSONValue, _ key: String, _ path: String, _ problems: inout [Problem]) {
        func report(_ message: String) { problems.append(Problem(file: path, line: nil, message: message)) }
        if case .object(let members) = value {
            for (name, value) in members { check(value, key.isEmpty ? name : key + "." + name, path, &problems) }
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
