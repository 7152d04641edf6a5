import Foundation
import Inference

/// A file of `name=value` lines, as Kafka's own clients take it: for values that have no place in an environment.
///
/// `name: value` is the same. Empty lines, and those that begin with `#` or `!`, say nothing. A backslash at a line's end goes on with
/// the next line, without the white space that it begins with. Elsewhere a backslash stands before `n`, `t`, `r`, `f`, before `u` and four
/// hexadecimal digits, or before what is meant as it is; before any other letter or digit it is refused, since of `a\b` nobody knows
/// whether two characters were meant or one. White space around a value is dropped; one that needs it writes `\u0020`.
enum PropertiesFile {
    /// Bytes of a file that are read.
    private static let limit = 1 << 20

    /// - Throws: ``SettingsError`` that names file and line, and never what stands there: it may be a password.
    static func read(_ path: String) throws(SettingsError) -> [String: String] {
        let text = try SecretFile.read(path, limit: limit)
        var found: [String: (value: String, line: Int)] = [:]
        var problems: [Problem] = []
        for line in logicalLines(of: text) {
            func report(_ message: String) {
                problems.append(Problem(file: path, line: line.number, message: message))
            }
            guard let (name, value) = split(line.text) else {
                report("The line has no = behind a name; it may go on the one before, which then ends in a backslash.")
                continue
            }
            guard let value = unescaped(value) else {
                report(
                    "The value of \(quoted(name)) has a backslash before what needs none; a backslash that is meant is "
                        + "written twice.")
                continue
            }
            if let first = found[name] {
                report("\(quoted(name)) is given a second time, after line \(first.line); leave one out.")
            }
            found[name] = (value, line.number)
        }
        guard problems.isEmpty else { throw SettingsError(problems) }
        return found.mapValues(\.value)
    }

    private struct Line {
        var text: [Unicode.Scalar]
        let number: Int
    }

    /// Lines with those that they go on with; without comments and empty ones.
    private static func logicalLines(of text: String) -> [Line] {
        let lines = text.unicodeScalars.split(omittingEmptySubsequences: false) { $0 == "\n" }
        var found: [Line] = []
        var isContinued = false
        for (index, line) in lines.enumerated() {
            var text = Array(line.drop(while: isSpace))
            while text.last == "\r" { text.removeLast() }
            guard isContinued || !(text.isEmpty || text[0] == "#" || text[0] == "!") else { continue }
            let slashes = text.reversed().prefix { $0 == "\\" }.count
            let goesOn = slashes % 2 == 1
            if goesOn { text.removeLast() }
            if isContinued, !found.isEmpty {
                found[found.count - 1].text += text
            } else {
                found.append(Line(text: text, number: index + 1))
            }
            isContinued = goesOn
        }
        return found
    }

    /// - Returns: nil for a line without name or separator.
    private static func split(_ line: [Unicode.Scalar]) -> (name: String, value: ArraySlice<Unicode.Scalar>)? {
        guard let separator = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
        let name = trimmed(line[..<separator])
        let isName = name.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains($0))
        }
        guard !name.isEmpty, isName else { return nil }
        return (String(String.UnicodeScalarView(name)), trimmed(line[(separator + 1)...]))
    }

    /// - Returns: nil where a backslash stands before nothing that it can mean.
    private static func unescaped(_ text: ArraySlice<Unicode.Scalar>) -> String? {
        var value = String.UnicodeScalarView()
        var rest = text
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                value.append(scalar)
                continue
            }
            guard let escape = rest.popFirst() else { return nil }
            switch escape {
            case "n": value.append("\n")
            case "t": value.append("\t")
            case "r": value.append("\r")
            case "f": value.append("\u{C}")
            case "u":
                let digits = String(String.UnicodeScalarView(rest.prefix(4)))
                guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit), let code = UInt32(digits, radix: 16),
                    let meant = Unicode.Scalar(code)
                else { return nil }
                value.append(meant)
                rest = rest.dropFirst(4)
            case _ where escape.isASCII && !escape.properties.isAlphabetic && !("0"..."9").contains(escape):
                value.append(escape)
            default: return nil
            }
        }
        return String(value)
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\u{C}"
    }

    /// An escaped space at the end stays: its backslash would be left alone.
    private static func trimmed(_ text: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last),
            text.dropLast().reversed().prefix(while: { $0 == "\\" }).count % 2 == 0
        {
            text.removeLast()
        }
        return text
    }
}
