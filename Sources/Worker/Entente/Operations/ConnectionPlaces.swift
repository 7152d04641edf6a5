import NIOCore
import Synchronization

/// The connections of the operations endpoint, of which a new one always finds room: beyond a number of them, the one that has
/// asked nothing for longest is closed. So clients that are slow to ask keep no probe out.
final class ConnectionPlaces: Sendable {
    private struct Open {
        let channel: any Channel
        /// Since when it may ask and doesn't; nil while it is answered.
        var silentSince: ContinuousClock.Instant?
    }

    private let open = Mutex<[ObjectIdentifier: Open]>([:])
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func add(_ channel: any Channel) {
        let surplus: (any Channel)? = open.withLock { open in
            defer { open[ObjectIdentifier(channel)] = Open(channel: channel, silentSince: .now) }
            guard open.count >= limit else { return nil }
            let silent = open.compactMap { key, value in value.silentSince.map { (key, since: $0) } }
            return silent.min { $0.since < $1.since }.flatMap { open.removeValue(forKey: $0.0)?.channel }
        }
        surplus?.close(promise: nil)
    }

    /// - Parameter isSilent: whether it is its client's turn.
    func set(_ channel: any Channel, isSilent: Bool) {
        open.withLock { $0[ObjectIdentifier(channel)]?.silentSince = isSilent ? .now : nil }
    }

    func remove(_ channel: any Channel) { open.withLock { $0[ObjectIdentifier(channel)] = nil } }
}
