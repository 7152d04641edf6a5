import Foundation
import Synchronization

/// Loopback ports for servers that are started later, and started again on the same port.
///
/// None of them is among those that the system gives to whoever asks for any port: a connection of anybody's could otherwise sit on a
/// server's port while the server is down.
public enum FreePorts {
    /// Those that were handed out; they are not given twice, since their servers may be down just now.
    private static let taken = Mutex<Set<Int>>([])

    /// - Returns: as many different ones as asked for, on which nobody listens now.
    public static func take(_ count: Int) throws -> [Int] {
        try taken.withLock { taken in
            var found: [Int] = []
            for port in try candidates() where found.count < count && !taken.contains(port) && isFree(port) {
                found.append(port)
            }
            guard found.count == count else {
                throw DeadlinePassed(description: "fewer than \(count) ports are free below \(try firstOfTheSystem())")
            }
            taken.formUnion(found)
            return found
        }
    }

    /// The first of the ports that the system gives away by itself.
    public static func firstOfTheSystem() throws -> Int {
        let range = try String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
        guard let first = range.split(whereSeparator: \.isWhitespace).first.flatMap({ Int($0) }) else {
            throw DeadlinePassed(description: "no range of ports in \"\(range)\"")
        }
        return first
    }

    /// All of them, from one by chance on, so that test runs beside each other rarely want the same.
    private static func candidates() throws -> [Int] {
        let all = Array(10_000..<max(10_001, try firstOfTheSystem()))
        let start = Int.random(in: all.indices)
        return Array(all[start...] + all[..<start])
    }

    private static func isFree(_ port: Int) -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
