import Foundation

/// Bytes to and from a child that answers on the socket that it reads.
extension ChildProcess {
    /// Why a conversation does not go on.
    package enum Silence: Error {
        /// The child has closed its end, as it does when it ends.
        case ended
        case late
        /// Whoever talks to it does not want to any more.
        case unwanted
    }

    /// Milliseconds after which is asked again whether the conversation is wanted.
    private static let slice: Int32 = 100

    /// Writes all of them.
    ///
    /// - Parameter goesOn: asked now and then.
    package func write(
        _ bytes: [UInt8], until deadline: ContinuousClock.Instant, goesOn: () -> Bool
    ) throws(Silence) {
        var written = 0
        while written < bytes.count {
            try wait(for: POLLOUT, until: deadline, goesOn)
            let count = bytes.withUnsafeBytes { bytes in
                Glibc.send(
                    input, bytes.baseAddress! + written, bytes.count - written,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count > 0 { written += count } else if !Self.isPassing(errno) { throw .ended }
        }
    }

    /// As many as are asked for.
    package func read(
        _ count: Int, until deadline: ContinuousClock.Instant, goesOn: () -> Bool
    ) throws(Silence) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var read = 0
        while read < count {
            try wait(for: POLLIN, until: deadline, goesOn)
            let got = bytes.withUnsafeMutableBytes { bytes in
                recv(input, bytes.baseAddress! + read, count - read, Int32(MSG_DONTWAIT))
            }
            if got > 0 { read += got } else if got == 0 || !Self.isPassing(errno) { throw .ended }
        }
        return bytes
    }

    private func wait(
        for event: Int32, until deadline: ContinuousClock.Instant, _ goesOn: () -> Bool
    ) throws(Silence) {
        while true {
            guard goesOn() else { throw .unwanted }
            guard ContinuousClock.now < deadline else { throw .late }
            guard input >= 0 else { throw .ended }
            var place = pollfd(fd: input, events: Int16(event), revents: 0)
            if Glibc.poll(&place, 1, Self.slice) > 0 { return }
        }
    }

    private static func isPassing(_ code: Int32) -> Bool { code == EAGAIN || code == EWOULDBLOCK || code == EINTR }
}
