import Foundation
import Synchronization

/// An HTTP server on a loopback port that answers as a test wants, well or badly, and notes what it was asked.
public final class LoopbackServer: Sendable {
    public struct Request: Sendable {
        /// As it was sent: path and query.
        public let target: String
        /// By name in lower case.
        public let headers: [String: String]
    }

    public struct Answer: Sendable {
        public var status: Int
        public var headers: [String: String]
        public var body: [UInt8]
        /// What `Content-Length` says; nil: there is none, and the connection's end is the body's.
        public var length: Int?
        /// What becomes of the connection once the body is sent, or as many bytes of it.
        public var end = End.stays

        public enum End: Sendable {
            case stays
            case closes(after: Int)
            /// Nothing more comes, until the client goes away.
            case stalls(after: Int)
        }

        public init(_ status: Int, headers: [String: String] = [:], _ body: some Sequence<UInt8> = [UInt8]()) {
            self.status = status
            self.headers = headers
            self.body = Array(body)
            length = self.body.count
        }

        public init(_ body: some Sequence<UInt8>) { self.init(200, body) }

        public static func redirect(_ location: String, _ status: Int = 302) -> Answer {
            Answer(status, headers: ["Location": location])
        }
    }

    public let port: UInt16
    private let listener: Int32
    private let handler: @Sendable (Request) -> Answer
    private let seen = Mutex<(requests: [Request], connections: Int)>(([], 0))

    /// - Parameter handler: called on the connection's thread.
    public init(_ handler: @escaping @Sendable (Request) -> Answer) throws {
        self.handler = handler
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (listener, length) = (listener, size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(listener, address, length) == 0, listen(listener, 64) == 0 else { return Int32(-1) }
                return getsockname(listener, address, &size)
            }
        }
        guard result == 0 else {
            close(listener)
            throw DeadlinePassed(description: "no loopback server: \(errno)")
        }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in serve() }
    }

    public var url: String { "http://127.0.0.1:\(port)" }
    public var requests: [Request] { seen.withLock { $0.requests } }
    /// How many were made so far.
    public var connections: Int { seen.withLock { $0.connections } }

    /// Listens no more.
    public func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            // No process that a test starts meanwhile is to hold it open.
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            seen.withLock { $0.connections += 1 }
            Thread.detachNewThread { [self] in
                while let request = Self.read(connection) {
                    seen.withLock { $0.requests.append(request) }
                    guard answer(request, on: connection) else { break }
                }
                close(connection)
            }
        }
        close(listener)
    }

    private static func read(_ connection: Int32) -> Request? {
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard head.count < 1 << 16, recv(connection, &byte, 1, 0) == 1 else { return nil }
            head.append(byte)
        }
        let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n").filter { !$0.isEmpty }
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (parts[0].lowercased(), parts.last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "")
        }
        return Request(target: String(words[1]), headers: Dictionary(headers) { first, _ in first })
    }

    /// - Returns: whether the connection can be used again.
    private func answer(_ request: Request, on connection: Int32) -> Bool {
        let answer = handler(request)
        var head = "HTTP/1.1 \(answer.status) As Asked\r\n"
        for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
        if let length = answer.length { head += "Content-Length: \(length)\r\n" }
        let count =
            switch answer.end {
            case .stays: answer.body.count
            case .closes(let count), .stalls(let count): min(count, answer.body.count)
            }
        let bytes = Array((head + "\r\n").utf8) + answer.body.prefix(count)
        var sent = 0
        while sent < bytes.count {
            let step = bytes[sent...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard step > 0 else { return false }
            sent += step
        }
        switch answer.end {
        case .stays: return answer.length != nil
        case .closes: return false
        case .stalls:
            var byte: UInt8 = 0
            while recv(connection, &byte, 1, 0) > 0 {}
            return false
        }
    }
}
