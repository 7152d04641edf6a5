/// Every metric of a worker: kind, unit, labels and meaning, in the order of the page. `docs/metrics.md` says the same.
///
/// Names begin with `entente_` but for the process's own, which Prometheus has names for. Labels hold no ids, so that the
/// number of series does not grow with what is worked on; topic and partition are few.
enum WorkerMetric: CaseIterable {
    case jobs, jobFailures, images, imageFailures, deadLetters, unpublishedLetters, unpublishedAge
    case stageDuration, endToEndLatency, batchSize
    case encoderOperations, encoderSeconds, encoderGigaflops
    case consumerLag, assignedPartitions, pausedPartitions, heldPartitions, rebalances, fenced, retries, brokerThrottle
    case databaseTransactions, databaseTransactionDuration, databaseRoundTrips
    case jobsInFlight, bytesInFlight, lastProgress, ready, buildInformation
    case lostLines
    case processMemory, processCPU, processStart

    var definition: MetricDefinition {
        switch self {
        case .jobs:
            MetricDefinition(
                "entente_jobs_total", .counter, labels: ["outcome"],
                "Image jobs: done (nothing of it is left to do), failed (as a whole), skipped (came "
                    + "again) or abandoned (the partition went to another worker).")
        case .jobFailures:
            MetricDefinition(
                "entente_job_failures_total", .counter, labels: ["kind"],
                "Jobs that failed as a whole, by the kind of failure that failed_images holds.")
        case .images:
            MetricDefinition(
                "entente_images_total", .counter, labels: ["outcome"],
                "Images: done (result written), failed (failure written) or skipped (had a result already, or were called off)."
            )
        case .imageFailures:
            MetricDefinition(
                "entente_image_failures_total", .counter, labels: ["kind"],
                "Images that failed, by the kind of failure that failed_images holds.")
        case .deadLetters:
            MetricDefinition(
                "entente_dead_letters_total", .counter, labels: ["step"],
                "Messages with failures: written to the outbox in the database, published to the dead-letter topic, or withheld "
                    + "because the topic takes them in no form.")
        case .unpublishedLetters:
            MetricDefinition(
                "entente_dead_letters_unpublished", .gauge,
                "Messages with failures that are in the database and not on the dead-letter topic, whoever wrote them; "
                    + "10,000 at most are counted.")
        case .unpublishedAge:
            MetricDefinition(
                "entente_dead_letters_unpublished_age_seconds", .gauge, unit: "seconds",
                "For how long the oldest of them has been in the database; 0 without any.")
        case .stageDuration:
            MetricDefinition(
                "entente_stage_duration_seconds", .histogram, unit: "seconds", labels: ["stage"],
                buckets: MetricDefinition.durations,
                "Time of a stage: fetch, decode, encode and concepts for each image with a result (its share of what is "
                    + "done together), write for each batch.")
        case .endToEndLatency:
            MetricDefinition(
                "entente_end_to_end_latency_seconds", .histogram, unit: "seconds",
                buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400],
                "From a job's message timestamp to the commit of its outcome.")
        case .batchSize:
            MetricDefinition(
                "entente_batch_size", .histogram, unit: "images", labels: ["stage"], buckets: MetricDefinition.counts,
                "Images together: encode (pictures in one call of the encoder), write (results in one transaction).")
        case .encoderOperations:
            MetricDefinition(
                "entente_encoder_operations_total", .counter, unit: "floating-point operations",
                "Twice the multiply-adds of the unpadded vision encoder for every picture encoded; over "
                    + "entente_encoder_seconds_total it is a lane's speed.")
        case .encoderSeconds:
            MetricDefinition(
                "entente_encoder_seconds_total", .counter, unit: "seconds",
                "Time that lanes spent in the vision encoder, added up over lanes.")
        case .encoderGigaflops:
            MetricDefinition(
                "entente_encoder_gflops", .gauge, unit: "GFLOP/s",
                "Speed of the vision encoder on one lane, over the last job of any lane.")
        case .consumerLag:
            MetricDefinition(
                "entente_consumer_lag", .gauge, unit: "messages", labels: ["topic", "partition"],
                "Messages of an assigned partition whose outcome is not in the database: the log's end as a fetch or a "
                    + "question last told it, minus the next offset stored; for one that waits for an operator, what its log holds."
            )
        case .assignedPartitions:
            MetricDefinition("entente_assigned_partitions", .gauge, "Partitions that the group gave to this worker.")
        case .pausedPartitions:
            MetricDefinition(
                "entente_paused_partitions", .gauge,
                "Assigned partitions that are not read now: downstream is full, or they have no place to start from.")
        case .heldPartitions:
            MetricDefinition(
                "entente_held_partitions", .gauge,
                "Assigned partitions that nobody reads until an operator says how to go on: entente offsets list.")
        case .rebalances:
            MetricDefinition(
                "entente_rebalances_total", .counter, labels: ["type"],
                "Rebalances that brought partitions (assigned), took some (revoked) or found some gone (lost).")
        case .fenced:
            MetricDefinition(
                "entente_fenced_total", .counter,
                "Partitions whose results were refused because another worker had claimed them.")
        case .retries:
            MetricDefinition(
                "entente_retries_total", .counter, labels: ["stage"],
                "Attempts that failed for a passing reason and are repeated: fetch (an image), database (a batch or a "
                    + "claim), broker (a poll or a commit), model (loading an analysis).")
        case .brokerThrottle:
            MetricDefinition(
                "entente_broker_throttle_seconds_total", .counter, unit: "seconds",
                "Time for which brokers held up answers to this worker's consumer because of a quota.")
        case .databaseTransactions:
            MetricDefinition(
                "entente_database_transactions_total", .counter, labels: ["result"],
                "Transactions of results: committed, fenced or failed.")
        case .databaseTransactionDuration:
            MetricDefinition(
                "entente_database_transaction_duration_seconds", .histogram, unit: "seconds",
                buckets: MetricDefinition.durations, "Time of a transaction of results, whatever came of it.")
        case .databaseRoundTrips:
            MetricDefinition(
                "entente_database_round_trips_total", .counter, labels: ["connection"],
                "Exchanges with the database by connection: writer, claims, flights (jobs in flight), catalog or dead letters."
            )
        case .jobsInFlight:
            MetricDefinition("entente_jobs_in_flight", .gauge, "Jobs taken from Kafka and not yet stored.")
        case .bytesInFlight:
            MetricDefinition(
                "entente_bytes_in_flight", .gauge, unit: "bytes",
                "Memory reckoned for jobs in flight; at a bound of 256 MiB intake pauses.")
        case .lastProgress:
            MetricDefinition(
                "entente_last_progress_timestamp_seconds", .gauge, unit: "seconds since 1970",
                "When an outcome was last stored; 0 before the first.")
        case .ready:
            MetricDefinition("entente_ready", .gauge, "1 while /readyz answers 200, else 0.")
        case .buildInformation:
            MetricDefinition(
                "entente_build_info", .gauge, labels: ["version", "librdkafka", "kernel_set"],
                "Always 1: what this worker runs.")
        case .lostLines:
            MetricDefinition(
                "entente_log_lines_lost_total", .counter,
                "Lines of the log that could not be written: standard error is a full disk, or nobody reads it.")
        case .processMemory:
            MetricDefinition(
                "process_resident_memory_bytes", .gauge, unit: "bytes", "Memory of the process that is in RAM.")
        case .processCPU:
            MetricDefinition(
                "process_cpu_seconds_total", .counter, unit: "seconds",
                "CPU time of the process, user and system, all threads.")
        case .processStart:
            MetricDefinition(
                "process_start_time_seconds", .gauge, unit: "seconds since 1970", "When the process started.")
        }
    }

    var name: String { definition.name }
}
