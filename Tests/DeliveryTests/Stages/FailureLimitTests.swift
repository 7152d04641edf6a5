import Persistence
import Testing

@testable import Delivery

@Suite struct FailureLimitTests {
    /// Expectations take no mutating calls.
    private final class Probe {
        private var limit: FailureLimit
        init(imageLimit: Int?, jobLimit: Int?, history: FailureHistory = FailureHistory()) {
            limit = FailureLimit(imageLimit: imageLimit, jobLimit: jobLimit)
            limit.history = history
        }
        var history: FailureHistory { limit.history }
        func add(_ failures: [Bool]) -> String? { limit.add(failures) }
    }

    @Test func tenFailedJobsInARowAreTooMany() {
        let limit = Probe(imageLimit: 20, jobLimit: 10)
        for _ in 0..<9 { #expect(limit.add([true]) == nil) }
        #expect(limit.add([]) == nil, "a job whose results stood says nothing")
        #expect(limit.add([true, false]) == nil, "one image that succeeds ends the row")
        for _ in 0..<9 { #expect(limit.add([true]) == nil) }
        #expect(limit.add([true])?.contains("last 10 jobs") == true)
    }

    @Test func oneInFiveImagesIsTheMost() {
        let limit = Probe(imageLimit: 20, jobLimit: nil)
        // Less than a whole window decides nothing, however bad it is.
        #expect(limit.add([Bool](repeating: true, count: 20) + [Bool](repeating: false, count: 79)) == nil)
        #expect(limit.add([true])?.contains("21 of the last 100") == true)

        let other = Probe(imageLimit: 20, jobLimit: nil)
        for _ in 0..<100 { #expect(other.add([true, false, false, false, false]) == nil, "exactly one in five") }
    }

    /// A worker that is started again goes on where the one before it stopped, and may see that all is mended.
    @Test func whatWasSeenBeforeCounts() {
        let first = Probe(imageLimit: 20, jobLimit: 10)
        for _ in 0..<9 { #expect(first.add([true]) == nil) }
        #expect(first.add([true]) != nil)
        #expect(Probe(imageLimit: 20, jobLimit: 10, history: first.history).add([true]) != nil)
        let mended = Probe(imageLimit: 20, jobLimit: 10, history: first.history)
        #expect(mended.add([false]) == nil && mended.add([true]) == nil)

        let bad = FailureHistory(outcomes: [Bool](repeating: true, count: 100), failedJobs: 0)
        #expect(Probe(imageLimit: 20, jobLimit: nil, history: bad).add([true]) != nil)
        let better = Probe(imageLimit: 20, jobLimit: nil, history: bad)
        for _ in 0..<85 { #expect(better.add([false]) == nil, "what succeeds is no reason to stop") }
        #expect(better.add([true]) == nil)
    }

    @Test func limitsMayBeOff() {
        let limit = Probe(imageLimit: nil, jobLimit: nil)
        for _ in 0..<300 { #expect(limit.add([true]) == nil) }
    }

    @Test func theMessageSaysWhatToMend() {
        let text = TooManyFailures(finding: "no image of the last 10 jobs could be analysed", example: "/x is gone.")
        for word in ["/x is gone.", "ENTENTE_FILE_ROOTS", "ENTENTE_FAILURE_IMAGE_LIMIT", "ENTENTE_FAILURE_JOB_LIMIT"] {
            #expect(text.description.contains(word))
        }
    }
}
