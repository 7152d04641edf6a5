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
    private var outcomes: [Bool] = []
    private var failedJobs = 0

    init(imageLimit: Int?, jobLimit: Int?) {
        self.imageLimit = imageLimit
        self.jobLimit = jobLimit
    }

    /// Takes a job's images into account, in order.
    ///
    /// - Parameter failures: whether each image failed; those whose results stood already are left out.
    /// - Returns: what is wrong, in a sentence, once too much has failed.
    mutating func add(_ failures: [Bool]) -> String? {
        guard !failures.isEmpty else { return nil }
        failedJobs = failures.contains(false) ? 0 : failedJobs + 1
        if let jobLimit, failedJobs >= jobLimit {
            return "no image of the last \(failedJobs) jobs could be analysed"
        }
        for failed in failures {
            outcomes.append(failed)
            if outcomes.count > Self.window { outcomes.removeFirst() }
            let failed = outcomes.count { $0 }
            if let imageLimit, outcomes.count == Self.window, failed > imageLimit {
                return "\(failed) of the last \(Self.window) images failed"
            }
        }
        return nil
    }
}

/// Too much failed; the worker stopped before it stored more failures.
package struct TooManyFailures: Error, CustomStringConvertible {
    let finding: String
    let example: String?

    package var description: String {
        "The worker stops, because \(finding)\(example.map { ", the last: \($0)" } ?? ""). What is not stored will be read "
            + "again. Mend the cause (is a volume mounted, does \(Setting.fileRoots.variable) fit?), or raise "
            + "\(Setting.failureImageLimit.variable) or \(Setting.failureJobLimit.variable) if the data are that bad."
    }
}
