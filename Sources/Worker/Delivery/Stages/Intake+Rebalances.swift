import Foundation
import Kafka
import Logging
import Persistence
import Threads

// Partitions that come and go, inside the consumer's polls.
extension Intake {
    func start(_ partitions: [TopicPartition]) throws -> [TopicPartition: StartOffset] {
        lastActivity = .now
        observation.assigned()
        var starts: [TopicPartition: StartOffset] = [:]
        for partition in partitions {
            if let start = try claim(partition) { starts[partition] = .offset(start) }
        }
        return starts
    }

    /// Claims a partition in the database and opens its ledger; nil, with an alarm, if its stored offset is not in the
    /// log.
    func claim(_ partition: TopicPartition) throws -> Int64? {
        let log = try consumer.watermarks(of: partition, within: .seconds(10))
        let claim = try claims.claim(partition, log: log)
        guard let start = claim.start else {
            self.log.critical(
                "the stored offset is not in the log; the partition waits",
                metadata: [
                    "kafka.partition": "\(partition)", "offset.stored": "\(claim.stored.map(String.init) ?? "none")",
                    "offset.log": "\(log)",
                ])
            return nil
        }
        assignments.assign(
            PartitionLedger(
                partition, startingAt: start, epoch: claim.epoch, isStored: claim.stored != nil,
                suspects: claim.suspects))
        self.log.info(
            "partition assigned",
            metadata: [
                "kafka.partition": "\(partition)", "offset.next": "\(start)", "suspects": "\(claim.suspects.count)",
            ])
        return start
    }

    /// Stops reading what the writer found claimed by another worker.
    ///
    /// If the group gave the partition away, this member learns so while it polls. If not, the other claimed late what it
    /// had lost (it was stalled in between), and nobody would read the partition unless its owner claimed it again.
    func stopFenced() throws {
        let fenced = assignments.takeFenced()
        guard !fenced.isEmpty else { return }
        for partition in fenced.sorted() { try consumer.stop(partition) }
        nextClaim = .now + Self.fencedPause
    }

    /// - Throws: `PersistenceError` of code `schema` once the schema has left this build behind: it will never get a partition,
    ///   and another member should.
    func retryClaims() throws {
        guard !consumer.waiting.isEmpty, nextClaim <= .now else { return }
        var pause = 0.0
        for partition in consumer.waiting.sorted() {
            do {
                guard let start = try claim(partition) else {
                    pause = 30
                    continue
                }
                try consumer.start(partition, at: .offset(start))
                claimBackoff.reset()
            } catch let error as PersistenceError where error.code == .schema {
                throw error
            } catch {
                observation.retried(.database)
                pause = claimBackoff.next()
                log.warning(
                    "partition can't be claimed yet",
                    metadata: ["kafka.partition": "\(partition)", "error": "\(error)", "retry.seconds": "\(pause)"])
                break
            }
        }
        nextClaim = .now + .seconds(pause)
    }

    func release(_ partitions: [TopicPartition], lost: Bool) {
        lastActivity = .now
        if !lost {
            // At the end of the process the grace period was the time to finish.
            let patience = isEnding ? .zero : options.drainPeriod
            // Blocks inside the callback, so the group waits for it: bounded well below the session time-out.
            waitUntil(patience) { assignments.outstanding(of: partitions) == 0 }
            let offsets = assignments.committable.filter { partitions.contains($0.key) }
            do throws(KafkaError) {
                try consumer.commitAndWait(offsets, within: .seconds(5))
            } catch {
                log.notice("last commit of revoked partitions failed", metadata: ["error": "\(error)"])
            }
        }
        observation.released(partitions, lost: lost)
        for partition in partitions {
            let epoch = assignments.epoch(of: partition)
            assignments.revoke(partition)
            // Of a lost partition the database is asked by whoever has it now; this worker is seen to live.
            if !lost, let epoch { recordRelease(of: partition, epoch) }
            committed[partition] = nil
            stalled.remove(partition)
            log.info("partition released", metadata: ["kafka.partition": "\(partition)", "lost": "\(lost)"])
        }
    }

    func recordRelease(of partition: TopicPartition, _ epoch: Int64) {
        do { try claims.release(partition, epoch: epoch) } catch {
            log.notice(
                "a partition's release can't be noted; its jobs in flight will be run one at a time",
                metadata: ["kafka.partition": "\(partition)", "error": "\(error)"])
        }
    }

    func waitUntil(_ limit: Duration, _ condition: () -> Bool) {
        let deadline = ContinuousClock.now + limit
        while !condition(), ContinuousClock.now < deadline { usleep(10_000) }
    }
}
