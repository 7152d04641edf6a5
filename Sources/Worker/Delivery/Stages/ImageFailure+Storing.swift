import Fetch
import Jobs
import Persistence

extension ImageFailure {
    /// What became of findings that the database refused for what they are.
    init(refusedFor error: PersistenceError) {
        if error.isGroupConflict {
            self.init(
                .groupConflict,
                "The image has a result already that was computed in a group of other members or contents; send it under "
                    + "another analysis, or with --force and the whole group.")
        } else {
            self.init(.unstorable, error.description)
        }
    }
}
