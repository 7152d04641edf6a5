/// A page in Prometheus' text format 0.0.4.
package struct PrometheusPage {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    /// The lines above a metric's samples.
    mutating func head(_ definition: MetricDefinition) {
        if !definition.help.isEmpty {
            text += "# HELP \(definition.name) \(Self.escapedHelp(definition.help))\n"
        }
        text += "# TYPE \(definition.name) \(definition.kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: String, _ value: Double) {
        text += labels.isEmpty ? "\(name) \(Self.number(value))\n" : "\(name){\(labels)} \(Self.number(value))\n"
    }

    /// `name="value"`, comma-separated, in the order given.
    static func labels(_ pairs: [(String, String)]) -> String {
        pairs.map { "\(labelName($0.0))=\"\(escapedValue($0.1))\"" }.joined(separator: ",")
    }

    /// Whole numbers without a fraction, as people read them; the format's own words for what is no number.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Every whole number up to there is exact.
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return "\(value)"
    }

    /// With `_` for whatever the format has no place for: other libraries' names may hold dots and hyphens.
    static func metricName(_ name: String) -> String { sanitized(name, allowing: ":") }

    private static func labelName(_ name: String) -> String { sanitized(name, allowing: "_") }

    private static func sanitized(_ name: String, allowing other: Unicode.Scalar) -> String {
        var result = ""
        for scalar in name.unicodeScalars {
            let isLetter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
            let isDigit = ("0"..."9").contains(scalar)
            let isFine = isLetter || scalar == "_" || scalar == other || (isDigit && !result.isEmpty)
            result.unicodeScalars.append(isFine ? scalar : "_")
        }
        return result.isEmpty ? "_" : result
    }

    private static func escapedHelp(_ text: String) -> String {
        text.replacing("\\", with: #"\\"#).replacing("\n", with: #"\n"#)
    }

    private static func escapedValue(_ text: String) -> String {
        escapedHelp(text).replacing("\"", with: #"\""#)
    }
}
