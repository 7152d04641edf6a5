import Foundation
import Logging

/// One line of logfmt an event on standard error: `time level message key=value …`, keys sorted, so that both people
/// and log collectors can read it.
struct StructuredLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    private let label: String

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        ErrorStream.write(line(for: event, at: .now))
    }

    /// The event's line, with its end.
    func line(for event: LogEvent, at date: Date) -> String {
        let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(date)
        var line = "time=\(time) level=\(event.level) msg=\(Self.quoted("\(event.message)"))"
        var all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        if let error = event.error { all["error"] = "\(error)" }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line += " \(key)=\(Self.quoted("\(value)"))"
        }
        return line + "\n"
    }

    /// As it is if that can't be misread, else in quotes with escapes. Nothing gets through that ends a line or moves a
    /// terminal's cursor.
    private static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy { $0 != " " && $0 != "\"" && $0 != "=" && !$0.isDisruptive }
        if isPlain { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case _ where scalar.isDisruptive: quoted += "\\u{\(String(scalar.value, radix: 16))}"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
