import Fetch
import Jobs
import Persistence

extension ImageFailure {
    /// Of an image that is known as something else.
    init(_ contradiction: Contradiction) {
        self.init(.imageConflict, "The image \(contradiction.description); \(Self.wayOut).")
    }

    private static let wayOut =
        "give this picture an id of its own, or send it with --force to have what stands replaced"

    /// What became of findings that the database refused for what they are.
    init(refusedFor error: PersistenceError) {
        if error.isGroupConflict {
            self.init(
                .groupConflict,
                "The image has a result already that was computed in a group of other members or contents; send it under "
                    + "another analysis, or with --force and the whole group.")
        } else if error.isImageConflict {
            self.init(
                .imageConflict, "The image has a result already of another label or of other contents; \(Self.wayOut).")
        } else {
            self.init(.unstorable, error.description)
        }
    }
}
