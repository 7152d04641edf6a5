import Analyzing
import Inference
import Persistence
import Threads

// What fetch threads and lanes tell.
extension Observation {
    func prepared() { updateHealth { $0.moved(at: .now) } }

    func analyzed() { updateHealth { $0.moved(at: .now) } }

    /// A batch of an analysis' texts is about to be encoded.
    func textsEncoded() { updateHealth { $0.moved(at: .now) } }

    /// One call of the encoder: the members of a large group are many before the first of them is analysed.
    func encoderCalled(with pictures: Int) {
        metrics.encoderBatch.record(pictures)
        updateHealth { $0.moved(at: .now) }
    }

    /// A job's work in the encoder.
    func encoded(pictures: Int, by encoder: any VisionEncoder, in time: Duration) {
        let operations = 2 * Double(encoder.multiplyAdds) * Double(pictures)
        let seconds = Double(time.microseconds) / 1e6
        metrics.encoderOperations.increment(by: operations)
        metrics.encoderSeconds.increment(by: seconds)
        if seconds > 0 { metrics.gflops.record(operations / seconds / 1e9) }
    }

    func modelFailed(_ analysis: String, _ error: any Error) {
        metrics.retries[WorkerMetrics.Retry.model.rawValue].increment()
        let kind: HealthProblem.Kind
        switch error {
        case is ModelMissing, is HeadMissing: kind = .modelMissing
        case is AnotherRevision: kind = .analysisOfAnotherRevision
        case let error as PersistenceError where error.code == .revision: kind = .analysisOfAnotherRevision
        case is InferenceError: kind = .modelUnusable
        // What is stored for it is damaged, or of another build.
        case let error as PersistenceError where error.code == .answer || error.code == .schema:
            kind = .analysisUnreadable
        // The database is away, which its connection has told.
        default: return
        }
        updateHealth { $0.modelFailed(analysis, HealthProblem(kind, "Analysis \(analysis): \(error)"), at: .now) }
    }

    func modelLoaded(_ analysis: String) {
        updateHealth {
            $0.modelLoaded(analysis)
            $0.moved(at: .now)
        }
    }
}
