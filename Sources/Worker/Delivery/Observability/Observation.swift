import Foundation
import Kafka
import Metrics
import Persistence
import Synchronization
import Threads

/// What a worker's stages tell of what they do, each in one line: from it come the metrics and the answers about health.
///
/// Any thread may call anything. A call costs a lock or two for a moment and stores nothing that grows.
package final class Observation: Sendable {
    let metrics: WorkerMetrics
    package let registry: PrometheusRegistry
    private let health: Mutex<HealthRecord>
    private let stop: StopSignal
    let lags = Mutex<[TopicPartition: Gauge]>([:])
    let nextLook = Mutex(ContinuousClock.now)
    private let usage = Mutex<ProcessUsage?>(nil)

    /// - Parameter stop: makes the worker unready and keeps it alive.
    package init(stop: StopSignal = StopSignal()) {
        self.stop = stop
        registry = PrometheusRegistry(WorkerMetric.allCases.map(\.definition))
        metrics = WorkerMetrics(registry)
        health = Mutex(HealthRecord(at: .now))
        registry.collect { [unowned self] in
            usage.withLock { $0 = metrics.process(since: $0) }
            metrics.ready.record(unreadiness.isEmpty ? 1 : 0)
        }
    }

    func updateHealth(_ change: (inout HealthRecord) -> Void) { health.withLock { change(&$0) } }

    /// Why `/readyz` refuses; empty when it does not.
    package var unreadiness: [HealthProblem] {
        if stop.isRequested { return [HealthProblem(.stopping, "The worker was told to stop.")] }
        return health.withLock { $0.unreadiness(at: .now) }
    }

    /// Why `/healthz` refuses; nil when it does not. A worker that stops has its grace period and the orchestrator's.
    package var death: HealthProblem? { stop.isRequested ? nil : health.withLock { $0.death(at: .now) } }

    func retried(_ stage: WorkerMetrics.Retry) {
        metrics.retries[stage.rawValue].increment()
        updateHealth { $0.moved(at: .now) }
    }

    /// Hears every exchange of a connection.
    ///
    /// - Parameter role: what the connection is for.
    func watch(_ connection: Connection, as role: String) {
        let counter = metrics.roundTrips[role]
        connection.onExchange = { [unowned self] error in
            counter.increment()
            let kind: HealthProblem.Kind? = error.flatMap {
                $0.isRetriable ? .databaseUnreachable : $0.awaitsOperator ? .databaseRefuses : nil
            }
            updateHealth { health in
                if let kind, let error {
                    health.databaseFailed(role, kind, "\(error)", at: .now)
                } else {
                    health.databaseAnswered(role)
                }
            }
        }
    }
}
