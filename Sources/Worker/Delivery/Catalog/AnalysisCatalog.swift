import Analyzing
import Concepts
import Foundation
import Inference
import Jobs
import Logging
import Persistence
import Synchronization
import Threads

/// The analyses that jobs name, loaded once for as long as they are in use.
///
/// Thread-safe; the first to ask for an analysis loads it, and nobody waits for that: others are told to ask again, and other
/// analyses are not concerned.
final class AnalysisCatalog: @unchecked Sendable {
    // Unchecked: the connection is touched under `connectionLock` only.
    private let connectionLock = NSLock()
    private let connection: Connection
    private let state: Mutex<State>
    private let models: ModelLibrary
    private let cache: TextCache
    private let lanes: Int
    private let stop: StopSignal
    private let log: Logger
    private let observation: Observation

    private struct State {
        var kept: KeptAnalyses
        var loading: Set<String> = []
        /// Why an analysis could not be loaded, and when it is tried again.
        var unavailable: [String: (reason: String, backoff: Backoff, retry: ContinuousClock.Instant)] = [:]
    }

    enum Answer {
        case loaded(LoadedAnalysis)
        /// Something that an operator or time can mend: the database is away, no directory holds the model, the analysis is
        /// another build's to compute, or it is being loaded. Asking before `retry` gives the same answer.
        case unavailable(String, retry: ContinuousClock.Instant)
    }

    /// How soon to ask again for what another thread loads.
    private static let loadingPause = Duration.milliseconds(200)

    /// - Parameters:
    ///   - keeping: models that stay in memory while no job in flight needs them.
    ///   - lanes: threads that encode the texts of an analysis that is being loaded.
    init(
        connection: Connection, models: ModelLibrary, keeping: Int = 2, cache: TextCache, lanes: Int = 1,
        stop: StopSignal = StopSignal(), log: Logger,
        observation: Observation = Observation()
    ) {
        self.connection = connection
        self.models = models
        state = Mutex(State(kept: KeptAnalyses(models: keeping)))
        self.cache = cache
        self.lanes = lanes
        self.stop = stop
        self.log = log
        self.observation = observation
    }

    /// - Throws: `JobError` if nobody registered the analysis, or this build can't run it.
    func analysis(_ id: String) throws(JobError) -> Answer {
        let known: Answer? = state.withLock { state in
            if let analysis = state.kept.use(id) { return .loaded(analysis) }
            if let (reason, _, retry) = state.unavailable[id], retry > .now {
                return .unavailable(reason, retry: retry)
            }
            guard state.loading.insert(id).inserted else {
                return .unavailable("it is being loaded", retry: .now + Self.loadingPause)
            }
            return nil
        }
        if let known { return known }
        do {
            let analysis = try load(id)
            keep(analysis)
            observation.modelLoaded(id)
            return .loaded(analysis)
        } catch let error as JobError {
            end(id) { $0.unavailable[id] = nil }
            throw error
        } catch {
            return fail(id, error)
        }
    }

    private func keep(_ analysis: LoadedAnalysis) {
        var released: [LoadedAnalysis] = []
        end(analysis.id) { released = $0.kept.keep(analysis) }
        guard !released.isEmpty else { return }
        for analysis in released {
            log.info("analysis released, since others were used later", metadata: ["analysis.id": "\(analysis.id)"])
        }
        released = []
        FreedMemory.giveBack()
    }

    /// Whether an analysis stays in memory while no job of it is in flight.
    func keeps(_ id: String) -> Bool { state.withLock { $0.kept.contains(id) } }

    private func end(_ id: String, _ change: (inout State) -> Void) {
        state.withLock { state in
            state.loading.remove(id)
            change(&state)
        }
    }

    private func fail(_ id: String, _ error: any Error) -> Answer {
        var backoff = state.withLock { $0.unavailable[id]?.backoff } ?? Backoff()
        let pause = backoff.next()
        let retry = ContinuousClock.now + .seconds(pause)
        end(id) { $0.unavailable[id] = ("\(error)", backoff, retry) }
        if !(error is Interrupted) {
            observation.modelFailed(id, error)
            log.warning(
                "analysis can't be loaded yet",
                metadata: ["analysis.id": "\(id)", "error": "\(error)", "retry.seconds": "\(pause)"])
        }
        return .unavailable("\(error)", retry: retry)
    }

    private func withConnection<R>(_ body: (Connection) throws -> R) rethrows -> R {
        try connectionLock.withLock { try body(connection) }
    }

    private func load(_ id: String) throws -> LoadedAnalysis {
        guard let analysis = try withConnection({ try AnalysisStore($0).load(id) }) else {
            throw JobError(.unregisteredAnalysis, "Analysis \(id) is not registered; submit it first.")
        }
        if let other = AnotherRevision(analysis, id: id) { throw other }
        if let problem = analysis.smoothingProblem {
            throw JobError(.unsupportedAnalysis, "Analysis \(id): \(problem)")
        }
        let found: LoadedModel?
        do { found = try models.model(analysis.model, in: analysis.visionForm) } catch let error as InferenceError
            where error.code == .smoothing
        {
            // By its hash it is the model that the analysis was registered with, and it always will be.
            throw JobError(.unsupportedAnalysis, "Analysis \(id): \(error)")
        }
        guard let model = found else { throw ModelMissing(weights: analysis.model.weights) }
        if let refusal = model.directory.configuration.refusal(of: analysis) {
            throw JobError(.unsupportedAnalysis, "Analysis \(id): \(refusal)")
        }
        if let warning = KernelSet.warning(for: analysis.method.precision) {
            log.warning(
                "the encoder is slower than it could be", metadata: ["analysis": "\(id)", "reason": "\(warning)"])
        }
        let builder = TextSideBuilder(
            cache: cache, shared: DatabaseTextStore { try self.withConnection($0) }, lanes: lanes
        ) {
            // A long list of texts is work that gets on, and not worth finishing at the end.
            self.observation.textsEncoded()
            if self.stop.isRequested { throw Interrupted() }
        }
        let text: TextSide
        do { text = try builder.build(analysis, model: model) } catch let error as InferenceError
            where error.code == .encoderOverflow
        {
            // The same texts overflow the same way tomorrow.
            throw JobError(.unsupportedAnalysis, "Analysis \(id): \(error)")
        }
        try withConnection {
            try AnalysisStore($0).storeLanguageConcepts(
                analysis.classes.indices.map(text.languageConcepts(ofClass:)), analysisID: id)
        }
        log.info(
            "analysis loaded",
            metadata: [
                "analysis.id": "\(id)", "analysis.classes": "\(analysis.classes.count)",
                "analysis.descriptors": "\(analysis.descriptors.count)",
            ])
        let heads: [TrainedHead]
        do {
            heads = try HeadFile.heads(of: analysis, model: model, text: text) { method, hash in
                guard let folder = models.heads.folder(hash) else { throw HeadMissing(method, hash: hash) }
                return folder
            }
        } catch let error as InferenceError where error.code == .modelConfiguration || error.code == .modelTensor {
            // By its hash it is the head that the analysis was registered with, and it always will be.
            throw JobError(.unsupportedAnalysis, "Analysis \(id): \(error)")
        }
        return try LoadedAnalysis(analysis, model: model, text: text, heads: heads)
    }
}
