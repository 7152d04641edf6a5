import Foundation
import Logging
import Testing

@testable import Settings

@Suite struct StructuredLogHandlerTests {
    private let time = Date(timeIntervalSince1970: 1_700_000_000.25)

    private func line(
        _ message: String, _ metadata: Logger.Metadata = [:], own: Logger.Metadata = [:], level: Logger.Level = .info
    ) -> String {
        var handler = StructuredLogHandler(label: "test")
        handler.metadata = own
        let event = LogEvent(
            level: level, message: "\(message)", metadata: metadata, source: "Worker", file: #file, function: #function,
            line: #line)
        return handler.line(for: event, at: time)
    }

    @Test func aLineHasDateZoneLevelMessageAndSortedKeys() {
        #expect(
            line("batch written", ["jobs": "3", "images": "12"], level: .warning)
                == "time=2023-11-14T22:13:20.250Z level=warning msg=\"batch written\" images=12 jobs=3\n")
    }

    @Test func theEventsMetadataWinsOverTheLoggers() {
        let line = line("x", ["job": "event"], own: ["job": "logger", "worker": "w/1"])
        #expect(line.hasSuffix("msg=x job=event worker=w/1\n"))
    }

    @Test(arguments: [
        ("plain", "plain"), ("a/b:c-d_e.f[0]", "a/b:c-d_e.f[0]"), ("\u{e9}", "\u{e9}"), ("back\\slash", "back\\slash"),
        ("", "\"\""), ("two words", "\"two words\""), ("a=b", "\"a=b\""), ("say \"x\"", #""say \"x\"""#),
        (#"a \ b"#, #""a \\ b""#), ("one\ntwo", #""one\ntwo""#), ("a\tb", #""a\u{9}b""#), ("a\r\nb", #""a\u{d}\nb""#),
        // What moves a terminal's cursor, ends a line to Unicode, or turns its direction.
        ("\u{1b}[2J", #""\u{1b}[2J""#), ("\u{9b}2J", #""\u{9b}2J""#), ("a\u{85}b", #""a\u{85}b""#),
        ("a\u{2028}b", #""a\u{2028}b""#), ("a\u{202e}b", #""a\u{202e}b""#), ("a\u{7f}", #""a\u{7f}""#),
        ("a\0b", #""a\u{0}b""#),
    ]) func valuesAreQuotedWhereTheyCouldBeMisread(value: String, shown: String) {
        #expect(line("x", ["key": "\(value)"]).hasSuffix(" msg=x key=\(shown)\n"), "\(line("x", ["key": "\(value)"]))")
    }

    @Test func nothingFromOutsideBeginsALine() {
        let line = line("evil\ntime=2020 level=info msg=fake", ["a": "b\nc"])
        #expect(line.filter(\.isNewline).count == 1)
        #expect(line.hasSuffix("\n"))
    }

    @Test func arraysAndDictionariesStayOneValue() {
        let line = line("x", ["list": ["a", "b c"]])
        #expect(line.contains(" list=\"["))
        #expect(line.filter { $0 == "\n" }.count == 1)
    }

    @Test func anEventsErrorIsShown() {
        let event = LogEvent(
            level: .error, message: "x", error: SettingsError("two words"), metadata: nil, source: nil,
            file: #file, function: #function, line: #line)
        #expect(StructuredLogHandler(label: "t").line(for: event, at: time).hasSuffix(" msg=x error=\"two words\"\n"))
    }

    @Test func metadataIsKeptByTheLogger() {
        var logger = Logger(label: "test", factory: StructuredLogHandler.init)
        logger[metadataKey: "worker"] = "w"
        #expect(logger[metadataKey: "worker"] == "w")
    }
}
