/// A path as the system has it: bytes without a NUL, which need not be text.
package struct PathBytes: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    package init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    package init(_ text: String) { bytes = Array(text.utf8) }

    /// The path itself if it is UTF-8; else every byte that belongs to no character as `%XX`, and so every `%`.
    package var description: String { Self.text(bytes) ?? Self.escaped(bytes) }

    /// nil: the bytes are not UTF-8.
    package static func text(_ bytes: some Collection<UInt8>) -> String? { String(validating: bytes, as: UTF8.self) }

    /// Calls `body` with the path as the system's functions take it.
    package func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (bytes + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }  // never empty
        }
    }

    private static func escaped(_ bytes: [UInt8]) -> String {
        var shown = ""
        var rest = bytes[...]
        while let first = rest.first {
            // A scalar has at most four bytes.
            let length = first == UInt8(ascii: "%") ? nil : (1...4).first { text(rest.prefix($0)) != nil }
            shown += length.flatMap { text(rest.prefix($0)) } ?? "%" + hexadecimal(first)
            rest = rest.dropFirst(length ?? 1)
        }
        return shown
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count < 2 ? "0" + digits : digits
    }
}
