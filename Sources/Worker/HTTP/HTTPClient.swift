import Synchronization

/// Sends requests from any number of threads, each waiting for its own.
///
/// A request borrows a handle and gives it back, and the one given back last is borrowed first, so that there are as many
/// handles as there ever were requests at a time, and their connections are used again while they are warm. libcurl can
/// share names and TLS sessions between handles on different threads, but not connections, which save most; and one multi
/// handle would want a thread of its own for what the fetch threads do anyway: wait.
///
/// A client has one policy for all its connections, so that none is used again by a request that might not have made it.
package final class HTTPClient: Sendable {
    let policy: ConnectionPolicy
    private let usesProxy: Bool
    private let resolve: [String]
    private let isCancelled: @Sendable () -> Bool
    private let idle = Mutex<[Idle]>([])

    /// Unchecked: a handle has no thread of its own, and whoever takes it out of the pool is the only one that has it.
    private struct Idle: @unchecked Sendable { let handle: HTTPHandle }

    /// - Parameters:
    ///   - usesProxy: whether the environment's proxy is asked; then no address can be judged.
    ///   - resolve: `name:port:address,…` instead of what a resolver says.
    ///   - isCancelled: asked about once a second while a request waits.
    package init(
        policy: ConnectionPolicy, usesProxy: Bool = false, resolve: [String] = [],
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        self.policy = policy
        self.usesProxy = usesProxy
        self.resolve = resolve
        self.isCancelled = isCancelled
    }

    /// Sends a GET; redirects are not followed. Codings of the body are undone; what its head calls a coding and is none is passed
    /// over, as browsers do.
    ///
    /// - Parameter receive: gets the body as it comes, decoded; `false` ends the exchange, and the head is returned all the same.
    package func get(
        _ url: HTTPURL, headers: [(name: String, value: String)] = [], limits: HTTPLimits = HTTPLimits(),
        receive: @escaping HTTPExchange.Receiver
    ) throws(HTTPError) -> HTTPHead {
        guard !isCancelled() else { throw HTTPError(kind: .cancelled, description: "it was called off") }
        let handle: HTTPHandle
        if let warm = idle.withLock({ $0.popLast() }) { handle = warm.handle } else { handle = try HTTPHandle() }
        let returned = Idle(handle: handle)
        defer { idle.withLock { $0.append(returned) } }
        var options = HTTPHandle.Options(
            headers: headers, limits: limits, usesProxy: usesProxy, resolve: resolve)
        func exchange() throws(HTTPError) -> HTTPHead {
            let exchange = HTTPExchange(host: url.host, policy: policy, isCancelled: isCancelled, receive: receive)
            try handle.get(url, options, exchange)
            return exchange.head
        }
        do { return try exchange() } catch {
            guard error.kind == .contentEncoding(isOne: false) else { throw error }
            // Nothing of the body has come yet.
            options.decodes = false
            return try exchange()
        }
    }
}
