import CPostgres

/// Asks a server to break off what one of its sessions is running.
///
/// Unchecked: libpq lets any thread use one, and it never changes.
public final class BreakOff: @unchecked Sendable {
    private let cancel: OpaquePointer

    /// - Parameter session: of libpq, connected; need not outlive this.
    init?(_ session: OpaquePointer) {
        guard let cancel = PQgetCancel(session) else { return nil }
        self.cancel = cancel
    }

    deinit { PQfreeCancel(cancel) }

    /// Connects once more and asks; blocks until the server has heard. A session between two statements takes no notice.
    public func callAsFunction() {
        var reason = [CChar](repeating: 0, count: 256)
        _ = PQcancel(cancel, &reason, Int32(reason.count))
    }
}
