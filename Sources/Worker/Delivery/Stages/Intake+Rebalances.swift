import Foundation
import Kafka
import Logging
import Threads

// Partitions that come and go.
extension Intake {
    /// They wait until they are claimed.
    func start(_ partitions: [TopicPartition]) -> [TopicPartition: StartOffset] {
        lastActivity = .now
        observation.assigned()
        commits.resume()
        claims.want(partitions)
        return [:]
    }

    /// Opens a ledger for what the claims thread has claimed, and reads it.
    ///
    /// - Throws: what keeps this worker from getting any partition.
    func startClaimed() throws {
        let fresh = try claims.takeClaims().filter { consumer.waiting.contains($0.partition) }
        guard !fresh.isEmpty else { return }
        lastActivity = .now
        for claim in fresh {
            assignments.assign(
                PartitionLedger(
                    claim.partition, startingAt: claim.start, epoch: claim.epoch, proof: claim.proof,
                    suspects: claim.suspects))
            log.info(
                "partition assigned",
                metadata: [
                    "kafka.partition": "\(claim.partition)", "offset.next": "\(claim.start)",
                    "suspects": "\(claim.suspects.count)",
                ])
        }
        do {
            try consumer.start(
                Dictionary(uniqueKeysWithValues: fresh.map { ($0.partition, .offset($0.proof?.offset ?? $0.start)) }))
        } catch {
            guard !error.isFatal else { throw error }
            observation.retried(.broker)
            log.warning("partitions can't be read yet", metadata: ["error": "\(error)"])
            fresh.forEach { assignments.revoke($0.partition) }
            claims.want(fresh.map(\.partition), after: .seconds(1))
        }
    }

    /// Stops reading what the writer or the claims thread found claimed by another worker, or changed.
    ///
    /// If the group gave the partition away, this member learns so while it polls. If not, the other claimed late what it
    /// had lost (it was stalled in between), and nobody would read the partition unless its owner claimed it again.
    func stopFenced() throws {
        let fenced = assignments.takeFenced()
        guard !fenced.isEmpty else { return }
        for partition in fenced.sorted() { try consumer.stop(partition) }
        claims.want(fenced.intersection(consumer.owned), after: Self.fencedPause)
    }

    /// Lets go of partitions that are this worker's still, and claims them anew.
    func reclaim(_ partitions: [TopicPartition]) {
        for partition in partitions where consumer.started.contains(partition) {
            stopReading(partition)
            claims.want([partition])
        }
    }

    /// Has a partition whose log is another wait for an operator.
    func hold(_ partition: TopicPartition, epoch: Int64, because reason: String) {
        guard consumer.started.contains(partition) else { return }
        stopReading(partition)
        claims.hold(partition, epoch: epoch, because: reason)
    }

    private func stopReading(_ partition: TopicPartition) {
        do throws(KafkaError) { try consumer.stop(partition) } catch {
            log.warning("a partition can't be stopped", metadata: ["error": "\(error)"])
        }
        assignments.revoke(partition)
        stalled.remove(partition)
    }

    func release(_ partitions: [TopicPartition], lost: Bool) {
        lastActivity = .now
        commits.pause()
        if !lost {
            // At the end of the process the grace period was the time to finish.
            let patience = isEnding ? .zero : options.drainPeriod
            // Blocks inside the callback, so the group waits for it: bounded well below the session time-out.
            waitUntil(patience) { !assignments.areAboutToStore(partitions) }
        }
        observation.released(partitions, lost: lost)
        for partition in partitions {
            let epoch = assignments.epoch(of: partition)
            assignments.revoke(partition)
            // Without effect once another has claimed it, as for one that was lost.
            claims.forget(partition, releasing: epoch)
            commits.forget(partition)
            stalled.remove(partition)
            log.info("partition released", metadata: ["kafka.partition": "\(partition)", "lost": "\(lost)"])
        }
    }

    func waitUntil(_ limit: Duration, _ condition: () -> Bool) {
        let deadline = ContinuousClock.now + limit
        while !condition(), ContinuousClock.now < deadline { usleep(10_000) }
    }
}
