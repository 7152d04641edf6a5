import Inference
import Kafka
import Metrics
import Settings

/// The handles of a worker's metrics; what each means is said in ``WorkerMetric``.
final class WorkerMetrics: Sendable {
    enum JobOutcome: String, CaseIterable { case done, failed, skipped, abandoned }
    enum ImageOutcome: String, CaseIterable { case done, failed, skipped }
    enum Stage: String, CaseIterable { case fetch, decode, encode, concepts, write }
    enum Retry: String, CaseIterable { case fetch, database, broker, model }
    enum Rebalance: String, CaseIterable { case assigned, revoked, lost }
    enum Transaction: String, CaseIterable { case committed, fenced, failed }
    enum LetterStep: String, CaseIterable { case written, published, withheld }

    let jobs, images, jobFailures, imageFailures, deadLetters: LabelledCounters
    let rebalances, retries, transactions, roundTrips: LabelledCounters
    let fenced: Counter
    private let lostLines: Counter
    let stages: [Stage: Recorder]
    let endToEnd, encoderBatch, writeBatch, transactionDuration: Recorder
    let encoderOperations, encoderSeconds, throttled: FloatingPointCounter
    let gflops, assigned, paused, held, jobsInFlight, bytesInFlight, lastProgress, ready: Gauge
    let unpublishedLetters, unpublishedAge: Gauge
    private let memory, start: Gauge
    private let cpu: FloatingPointCounter
    private let factory: any MetricsFactory

    init(_ factory: any MetricsFactory) {
        func counters(_ metric: WorkerMetric, _ values: [String] = []) -> LabelledCounters {
            LabelledCounters(metric, factory, values: values)
        }
        func histogram(_ metric: WorkerMetric, _ labels: [(String, String)] = []) -> Recorder {
            Recorder(label: metric.name, dimensions: labels, aggregate: true, factory: factory)
        }
        func gauge(_ metric: WorkerMetric, _ labels: [(String, String)] = []) -> Gauge {
            Gauge(label: metric.name, dimensions: labels, factory: factory)
        }
        func sum(_ metric: WorkerMetric) -> FloatingPointCounter {
            FloatingPointCounter(label: metric.name, factory: factory)
        }
        self.factory = factory
        jobs = counters(.jobs, JobOutcome.allCases.map(\.rawValue))
        images = counters(.images, ImageOutcome.allCases.map(\.rawValue))
        jobFailures = counters(.jobFailures)
        imageFailures = counters(.imageFailures)
        deadLetters = counters(.deadLetters, LetterStep.allCases.map(\.rawValue))
        rebalances = counters(.rebalances, Rebalance.allCases.map(\.rawValue))
        retries = counters(.retries, Retry.allCases.map(\.rawValue))
        transactions = counters(.databaseTransactions, Transaction.allCases.map(\.rawValue))
        roundTrips = counters(.databaseRoundTrips)
        fenced = Counter(label: WorkerMetric.fenced.name, factory: factory)
        lostLines = Counter(label: WorkerMetric.lostLines.name, factory: factory)
        stages = Dictionary(
            uniqueKeysWithValues: Stage.allCases.map { ($0, histogram(.stageDuration, [("stage", $0.rawValue)])) })
        endToEnd = histogram(.endToEndLatency)
        encoderBatch = histogram(.batchSize, [("stage", "encode")])
        writeBatch = histogram(.batchSize, [("stage", "write")])
        transactionDuration = histogram(.databaseTransactionDuration)
        encoderOperations = sum(.encoderOperations)
        encoderSeconds = sum(.encoderSeconds)
        throttled = sum(.brokerThrottle)
        gflops = gauge(.encoderGigaflops)
        assigned = gauge(.assignedPartitions)
        paused = gauge(.pausedPartitions)
        held = gauge(.heldPartitions)
        jobsInFlight = gauge(.jobsInFlight)
        bytesInFlight = gauge(.bytesInFlight)
        lastProgress = gauge(.lastProgress)
        ready = gauge(.ready)
        unpublishedLetters = gauge(.unpublishedLetters)
        unpublishedAge = gauge(.unpublishedAge)
        memory = gauge(.processMemory)
        start = gauge(.processStart)
        cpu = sum(.processCPU)
        gauge(
            .buildInformation,
            [
                ("version", BuildInformation.version), ("librdkafka", KafkaLibrary.version),
                ("kernel_set", KernelSet.name),
            ]
        ).record(1)
    }

    /// The gauge of one partition's lag; `destroy()` it when the partition goes.
    func lag(of partition: TopicPartition) -> Gauge {
        Gauge(
            label: WorkerMetric.consumerLag.name,
            dimensions: [("topic", partition.topic), ("partition", "\(partition.partition)")], factory: factory)
    }

    /// Looks at the process, before each page.
    ///
    /// - Parameter last: what it gave last.
    func process(since last: ProcessUsage?) -> ProcessUsage {
        let now = ProcessUsage.current
        memory.record(now.residentBytes)
        start.record(now.startTime)
        cpu.increment(by: max(0, now.cpuSeconds - (last?.cpuSeconds ?? 0)))
        lostLines.increment(by: now.lostLines - (last?.lostLines ?? 0))
        return now
    }
}
