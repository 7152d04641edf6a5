import Foundation
import Synchronization

/// Passes TCP connections on from a loopback port to another, or to a unix socket, until a test breaks them on one side alone, as a network does
/// between two machines: the other side hears nothing of it, and no answer any more.
public final class BreakingProxy: Sendable {
    /// The side that is left with an open connection that leads nowhere.
    public enum Side: Sendable, CaseIterable { case client, server }

    /// A connection, as two sockets, which are closed once neither of its threads has it any more.
    private final class Pair: Sendable {
        let client: Int32
        let server: Int32
        /// Nothing is passed on any more; what the left side sends is read and dropped, so that it never stalls.
        let isBroken = Atomic(false)

        init(client: Int32, server: Int32) {
            self.client = client
            self.server = server
        }

        deinit {
            close(client)
            close(server)
        }

        func end() { for socket in [client, server] { shutdown(socket, Int32(SHUT_RDWR)) } }

        func leave(_ side: Side) {
            isBroken.store(true, ordering: .sequentiallyConsistent)
            shutdown(side == .client ? server : client, Int32(SHUT_RDWR))
        }

        /// Passes bytes on from one side until it ends.
        func pass(_ source: Int32, _ sink: Int32) {
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = recv(source, &buffer, buffer.count, 0)
                guard count > 0 else { break }
                guard !isBroken.load(ordering: .sequentiallyConsistent) else { continue }
                var sent = 0
                while sent < count {
                    let step = buffer[sent..<count].withUnsafeBytes {
                        send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                    guard step > 0 else { break }
                    sent += step
                }
            }
            // The left side of a broken connection keeps it.
            if !isBroken.load(ordering: .sequentiallyConsistent) { end() }
        }
    }

    /// Where connections are passed on to; nobody need listen there yet.
    public enum Target: Sendable {
        /// Of this machine.
        case port(Int)
        /// A unix socket's path.
        case socket(String)
    }

    public let port: Int
    private let target: Target
    private let listener: Int32
    private let pairs = Mutex<[Pair]>([])

    public init(to target: Target) throws {
        self.target = target
        let listener = Self.socket()
        self.listener = listener
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = Self.withAddress(0) { address in
            bind(listener, address, length) == 0 && listen(listener, 64) == 0
                && getsockname(listener, address, &length) == 0
        }
        guard let bound else {
            close(listener)
            throw DeadlinePassed(description: "no proxy: \(errno)")
        }
        port = bound
        Thread.detachNewThread { [self] in serve() }
    }

    /// Breaks all connections of now; those made from here on are passed on as ever.
    ///
    /// - Returns: how many there were.
    @discardableResult
    public func breakAll(leaving side: Side) -> Int {
        pairs.withLock { pairs in
            pairs.forEach { $0.leave(side) }
            return pairs.count
        }
    }

    /// Closes everything.
    public func end() {
        shutdown(listener, Int32(SHUT_RDWR))
        pairs.withLock { $0.forEach { $0.end() } }
    }

    private func serve() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { break }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            guard let server = reach() else {
                close(client)
                continue
            }
            let pair = Pair(client: client, server: server)
            pairs.withLock { $0.append(pair) }
            for (source, sink) in [(client, server), (server, client)] {
                Thread.detachNewThread { [self] in
                    pair.pass(source, sink)
                    pairs.withLock { $0.removeAll { $0 === pair } }
                }
            }
        }
        close(listener)
    }

    /// - Returns: a connection to the target; nil where nobody listens.
    private func reach() -> Int32? {
        let server: Int32
        let isReached: Bool
        switch target {
        case .port(let port):
            server = Self.socket()
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            isReached = Self.withAddress(port) { connect(server, $0, size) == 0 } != nil
        case .socket(let path):
            server = Self.socket(AF_UNIX)
            isReached = Self.withUnixAddress(path) { connect(server, $0, $1) == 0 }
        }
        if !isReached { close(server) }
        return isReached ? server : nil
    }

    private static func socket(_ family: Int32 = AF_INET) -> Int32 {
        Glibc.socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }

    /// - Returns: the address's port after a call that worked, else nil.
    private static func withAddress(_ port: Int, _ body: (UnsafeMutablePointer<sockaddr>) -> Bool) -> Int? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        let worked = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0) }
        }
        return worked ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }

    private static func withUnixAddress(
        _ path: String, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Bool
    ) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
