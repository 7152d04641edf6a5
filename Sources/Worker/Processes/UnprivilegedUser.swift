import Foundation
import Persistence

/// Whom a server runs as when we are root, which PostgreSQL refuses to run as.
struct UnprivilegedUser {
    let uid: uid_t
    let gid: gid_t

    /// nil when this process is no root and the server may simply run as it does.
    static func needed() throws -> UnprivilegedUser? {
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) { return .init(uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid) }
        }
        throw PersistenceError(
            .cluster,
            "PostgreSQL does not run as root, and there is no user postgres or nobody to run it as; create one")
    }

    /// Put before a command line, becomes the user and then the command, without a process in between.
    var prefix: [String] { ["setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--clear-groups", "--"] }
}
