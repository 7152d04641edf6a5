import Persistence
import Settings

/// Notices when so much fails that the cause is not the pictures: a volume that is lost, a share that is empty. Then the
/// worker stops, rather than fail a whole dataset for good.
///
/// A value that is asked before failures are stored. Messages that are no job of a known analysis are left out: they say
/// nothing of what this worker reads.
struct FailureLimit: Sendable {
    /// Images looked back on.
    static let window = 100

    /// Failed images of the last ``window`` at most; nil: no limit.
    let imageLimit: Int?
    /// Jobs in a row of which no image succeeds, fewer than this; nil: no limit.
    let jobLimit: Int?
    /// At first nothing, or that of an earlier worker in this one's place.
    var history = FailureHistory()

    /// Takes a job's images into account, in order.
    ///
    /// - Parameter failures: whether each image failed; those whose results stood already are left out.
    /// - Returns: what is wrong, in a sentence, once too much has failed. What succeeds is never what is wrong.
    mutating func add(_ failures: [Bool]) -> String? {
        guard !failures.isEmpty else { return nil }
        history.failedJobs = failures.contains(false) ? 0 : history.failedJobs + 1
        for failed in failures {
            history.outcomes.append(failed)
            if history.outcomes.count > Self.window { history.outcomes.removeFirst() }
            guard failed, let imageLimit, history.outcomes.count == Self.window else { continue }
            let sum = history.outcomes.count { $0 }
            if sum > imageLimit { return "\(sum) of the last \(Self.window) images failed" }
        }
        guard let jobLimit, history.failedJobs >= jobLimit else { return nil }
        return "no image of the last \(history.failedJobs) jobs could be analysed"
    }
}

/// Too much failed; the worker stopped before it stored more failures.
package struct TooManyFailures: Error, CustomStringConvertible {
    let finding: String
    let example: String?
    /// What was seen up to then.
    var history = FailureHistory()

    package var description: String {
        "The worker stops, because \(finding)\(example.map { ", the last: \($0)" } ?? ""). What is not stored will be read "
            + "again. Mend the cause (is a volume mounted, does \(Setting.fileRoots.variable) fit?), or raise "
            + "\(Setting.failureImageLimit.variable) or \(Setting.failureJobLimit.variable) if the data are that bad."
    }
}
