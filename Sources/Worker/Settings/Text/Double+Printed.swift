import Foundation

extension Double {
    /// As C's `printf` writes it by a pattern with one place, such as `%.4f`: what `String(format:)` gives, for pages that have
    /// thousands of numbers.
    package func printed(_ pattern: String) -> String {
        withVaList([self]) { values in
            // The longest number by %f has 309 digits before its point.
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { room in
                let length = vsnprintf(room.baseAddress, room.count, pattern, values)
                let written = UnsafeRawBufferPointer(room).prefix(max(0, min(Int(length), room.count - 1)))
                return String(decoding: written, as: UTF8.self)
            }
        }
    }
}
