import Foundation
import Synchronization

/// Standard error, which may be a full disk, or a pipe whose reader is gone: what can't be written there is dropped and counted,
/// since nothing that runs should end for want of a listener.
package enum ErrorStream {
    private static let losses = Atomic(0)

    /// How many texts, of one line or several, were lost wholly or in part.
    package static var dropped: Int { losses.load(ordering: .relaxed) }

    /// Writes a text, from any thread. A process that does not ignore SIGPIPE is ended by a reader that has gone.
    package static func write(_ text: String) { write(text, to: STDERR_FILENO) }

    static func write(_ text: String, to file: Int32) {
        var text = text
        let isWhole = text.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let step = Glibc.write(file, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
                if step < 0, errno == EINTR { continue }
                // A pipe that doesn't wait and is full, too: whoever set that up wants no waiting.
                guard step > 0 else { return false }
                rest = rest.dropFirst(step)
            }
            return true
        }
        if !isWhole { losses.add(1, ordering: .relaxed) }
    }
}
