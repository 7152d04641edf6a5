import Foundation

/// What a server on a loopback port answers to one GET.
struct HTTPAnswer {
    let status: Int
    /// By name in lower case.
    let headers: [String: String]
    let body: String

    /// - Throws: ``Failure``; waits up to 10 s.
    init(port: UInt16, path: String) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "no socket: \(errno)") }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure(description: "no connection to port \(port): \(errno)") }
        let request = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw Failure(description: "\(path) can't be asked for: \(errno)")
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { throw Failure(description: "no answer about \(path): \(errno)") }
            if count == 0 { break }
            answer += buffer[..<count]
        }
        try self.init(String(decoding: answer, as: UTF8.self))
    }

    private init(_ text: String) throws {
        guard let end = text.range(of: "\r\n\r\n") else { throw Failure(description: "no HTTP: \(text.prefix(200))") }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let pairs = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (parts[0].lowercased(), parts.last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "")
        }
        headers = Dictionary(pairs) { $1 }
        body = String(text[end.upperBound...])
    }

    struct Failure: Error, CustomStringConvertible { let description: String }
}
