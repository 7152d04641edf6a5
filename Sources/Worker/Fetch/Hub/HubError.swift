import Foundation
import Settings

/// Why a model can't be had from a hub.
package struct HubError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// What was given is no repository's name.
        case name
        /// No such repository, revision or file, or none that may be seen.
        case notFound
        /// It is no model that this build reads.
        case unusable
        /// What came is not what was promised.
        case damaged
        /// The network or the hub; another try may help.
        case unreachable
        /// The cache can't be written.
        case disk
        /// The place for a copy holds something else.
        case taken
    }

    package let code: Code
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = neutral(description)
    }

    /// A file or folder of ours that can't be written.
    init(writing path: String, _ reason: Int32) {
        if reason == ENOSPC || reason == EDQUOT {
            self.init(
                .disk,
                "There is no space left for \(path). Free some, or name another place by XDG_CACHE_HOME; what is there "
                    + "already is gone on with.")
        } else {
            self.init(.disk, "\(path) can't be written: \(String(cString: strerror(reason))).")
        }
    }

    /// The system's number behind one of Foundation's errors.
    static func reason(_ error: any Error) -> Int32 {
        let error = error as NSError
        if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
        return (error.userInfo[NSUnderlyingErrorKey] as? NSError).map(reason) ?? EIO
    }
}
