import Concepts
import Foundation
import Settings

/// Standard output, written so that a full disk is noticed.
enum StandardOutput {
    /// Writes lines of ours for a person, in which nothing speaks to the terminal, and a line break.
    static func line(_ text: String) throws(CommandFailure) { try data(neutralLines(text)) }

    /// Writes a JSON text and a line break.
    static func json(text: String) throws(CommandFailure) { try data(neutralJSON(text)) }

    /// Writes the text as it is and a line break. A reader that has gone away (`entente … | head`) ends the process in peace.
    ///
    /// - Throws: ``CommandFailure`` if not all of it could be written.
    static func data(_ text: String) throws(CommandFailure) {
        let bytes = Array((text + "\n").utf8)
        var done = 0
        while done < bytes.count {
            let step = bytes[done...].withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if step < 0, errno == EINTR { continue }
            if step < 0, errno == EPIPE { ProcessEnd.leave(with: 0) }
            guard step > 0 else {
                throw CommandFailure(
                    .unavailable, "Standard output can't be written: \(String(cString: strerror(errno))).")
            }
            done += step
        }
    }

    /// Writes a value as one line of JSON with sorted keys.
    static func json(_ value: some Encodable) throws {
        try json(text: JSONEncoder.sorted(value))
    }
}
