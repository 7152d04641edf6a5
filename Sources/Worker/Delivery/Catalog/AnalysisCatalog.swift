import Analyzing
import Concepts
import Foundation
import Inference
import Jobs
import Logging
import Persistence
import Threads

/// The analyses that jobs name, loaded once a process.
///
/// Thread-safe; the first to ask for an analysis loads it while the others wait.
final class AnalysisCatalog: @unchecked Sendable {
    // Unchecked: the connection and the dictionary are touched under `lock` only.
    private let lock = NSLock()
    private let connection: Connection
    private let models: ModelLibrary
    private let cache: TextCache
    private let log: Logger
    private let observation: Observation
    private var loaded: [String: LoadedAnalysis] = [:]
    /// Why an analysis could not be loaded, and when it is tried again.
    private var unavailable: [String: (reason: String, backoff: Backoff, retry: ContinuousClock.Instant)] = [:]

    enum Answer {
        case loaded(LoadedAnalysis)
        /// Something that an operator or time can mend: the database is away, no directory holds the model, or the
        /// analysis is another build's to compute. Asking before `retry` gives the same answer.
        case unavailable(String, retry: ContinuousClock.Instant)
    }

    init(
        connection: Connection, models: ModelLibrary, cache: TextCache, log: Logger,
        observation: Observation = Observation()
    ) {
        self.connection = connection
        self.models = models
        self.cache = cache
        self.log = log
        self.observation = observation
    }

    /// - Throws: `JobError` if nobody registered the analysis, or this build can't run it.
    func analysis(_ id: String) throws(JobError) -> Answer {
        lock.lock()
        defer { lock.unlock() }
        if let analysis = loaded[id] { return .loaded(analysis) }
        if let (reason, _, retry) = unavailable[id], retry > .now { return .unavailable(reason, retry: retry) }
        do {
            let analysis = try load(id)
            loaded[id] = analysis
            unavailable[id] = nil
            observation.modelLoaded(id)
            return .loaded(analysis)
        } catch let error as JobError {
            unavailable[id] = nil
            throw error
        } catch {
            observation.modelFailed(id, error)
            var backoff = unavailable[id]?.backoff ?? Backoff()
            let pause = backoff.next()
            log.warning(
                "analysis can't be loaded yet",
                metadata: ["analysis.id": "\(id)", "error": "\(error)", "retry.seconds": "\(pause)"])
            let retry = ContinuousClock.now + .seconds(pause)
            unavailable[id] = ("\(error)", backoff, retry)
            return .unavailable("\(error)", retry: retry)
        }
    }

    private func load(_ id: String) throws -> LoadedAnalysis {
        let store = AnalysisStore(connection)
        guard let analysis = try store.load(id) else {
            throw JobError(.unregisteredAnalysis, "Analysis \(id) is not registered; submit it first.")
        }
        if let other = AnotherRevision(analysis, id: id) { throw other }
        guard let model = try models.model(analysis.model) else {
            throw ModelMissing(weights: analysis.model.weights)
        }
        if let refusal = model.directory.configuration.refusal(of: analysis.method) {
            throw JobError(.unsupportedAnalysis, "Analysis \(id): \(refusal)")
        }
        let builder = TextSideBuilder(cache: cache, shared: DatabaseTextStore(connection))
        let text: TextSide
        do { text = try builder.build(analysis, model: model) } catch let error as InferenceError
            where error.code == .encoderOverflow
        {
            // The same texts overflow the same way tomorrow.
            throw JobError(.unsupportedAnalysis, "Analysis \(id): \(error)")
        }
        try store.storeLanguageConcepts(
            analysis.classes.indices.map(text.languageConcepts(ofClass:)), analysisID: id)
        log.info(
            "analysis loaded",
            metadata: [
                "analysis.id": "\(id)", "analysis.classes": "\(analysis.classes.count)",
                "analysis.descriptors": "\(analysis.descriptors.count)",
            ])
        return LoadedAnalysis(analysis, model: model, text: text)
    }
}
