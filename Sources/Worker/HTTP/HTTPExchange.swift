import CCurl

/// One request and its answer, as the callbacks of libcurl see it. Belongs to the thread that makes it.
package final class HTTPExchange {
    /// Takes the next bytes of the body, of which the head is known; `false` ends the exchange.
    package typealias Receiver = (HTTPHead, UnsafeRawBufferPointer) -> Bool

    /// More than any honest server sends.
    private static let headLimit = 256 << 10

    private let host: String
    private let policy: ConnectionPolicy
    private let isCancelled: () -> Bool
    private let receive: Receiver
    private var headBytes = 0
    private(set) var head = HTTPHead()
    /// Whether the receiver wanted no more.
    private(set) var isStopped = false
    /// Whether an end was asked for.
    private(set) var wasCancelled = false
    /// The address that was refused last, and why.
    private(set) var refusal: (address: IPAddress, rule: AddressRule)?
    /// Whether a socket was opened to an address that may be connected to.
    private(set) var hasOpened = false

    init(
        host: String, policy: ConnectionPolicy, isCancelled: @escaping () -> Bool, receive: @escaping Receiver
    ) {
        self.host = host
        self.policy = policy
        self.isCancelled = isCancelled
        self.receive = receive
    }

    fileprivate func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headBytes += line.count
        guard headBytes <= Self.headLimit else { return false }
        head.take(line)
        return true
    }

    fileprivate func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        isStopped = !receive(head, bytes)
        return !isStopped
    }

    /// Asked for each address that is about to be connected: whatever a name resolved to, however a number was written.
    fileprivate func mayConnect(_ address: UnsafePointer<curl_sockaddr>) -> Bool {
        guard case .openNetwork = policy else { return true }
        var bytes = [UInt8](repeating: 0, count: 16)
        var port: UInt16 = 0
        let count = entente_curl_address(address, &bytes, &port)
        guard let target = IPAddress(bytes: Array(bytes.prefix(Int(count)))) else { return false }
        if let rule = policy.refusal(of: host, at: target, port: Int(port)) {
            refusal = (target, rule)
            return false
        }
        hasOpened = true
        return true
    }

    fileprivate func goesOn() -> Bool {
        wasCancelled = isCancelled()
        return !wasCancelled
    }
}

// What libcurl calls, all within `curl_easy_perform` and on its thread; none may throw, and none keeps a pointer.

func httpHeaderCallback(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, opaque: UnsafeMutableRawPointer?
) -> Int {
    httpExchange(opaque)?.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) == true
        ? size * count : -1
}

func httpBodyCallback(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, opaque: UnsafeMutableRawPointer?
) -> Int {
    httpExchange(opaque)?.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) == true
        ? size * count : -1
}

func httpSocketCallback(
    opaque: UnsafeMutableRawPointer?, purpose: curlsocktype, address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let address, let exchange = httpExchange(opaque), exchange.mayConnect(address) else {
        return curl_socket_t(CURL_SOCKET_BAD)
    }
    return entente_curl_open_socket(address)
}

/// At least once a second.
func httpProgressCallback(
    opaque: UnsafeMutableRawPointer?, downTotal: curl_off_t, down: curl_off_t, upTotal: curl_off_t, up: curl_off_t
) -> Int32 {
    httpExchange(opaque)?.goesOn() == true ? 0 : 1
}

private func httpExchange(_ opaque: UnsafeMutableRawPointer?) -> HTTPExchange? {
    opaque.map { Unmanaged<HTTPExchange>.fromOpaque($0).takeUnretainedValue() }
}
