import Concepts
import Foundation
import Persistence
import Processes
import Threads

/// Measures how many transactions a second writers of one analysis commit together, against one of them alone: each has
/// a partition of its own, every image is of the same class, and a transaction holds its locks for a while after its
/// last write, as a slow disk or a far replica would have it.
struct WriterBenchmark {
    struct Result: Encodable {
        let connections: Int
        let shards: Int
        let lockHoldMilliseconds: Double
        let rounds: Int
        /// Transactions a second, medians over the rounds.
        let alone: Double
        let together: Double
        /// Median of the rounds' ratios, and the extremes.
        let ratio: Double
        let ratioRange: [Double]
        /// Transactions that had to be repeated, by SQLSTATE; 40P01 is a deadlock.
        let repeated: [String: Int]
        let differences: Int

        enum CodingKeys: String, CodingKey {
            case connections, shards, rounds, alone, together, ratio, repeated, differences
            case lockHoldMilliseconds = "lock_hold_milliseconds"
            case ratioRange = "ratio_range"
        }
    }

    let connections: Int
    let shards: Int
    let lockHoldMilliseconds: Double
    let rounds: Int
    /// Of each half of a round.
    let seconds: Double

    func run() throws -> Result {
        var options = PrivateCluster.Options()
        options.maximumConnections = connections + 10
        let cluster = try PrivateCluster(options)
        defer { cluster.stop() }
        let admin = try Connection(uri: cluster.uri(), settings: .patient(applicationName: "benchmark"))
        _ = try Migrator(admin).migrate()
        let analysis = Self.analysis
        try AnalysisStore(admin).register(analysis, name: "benchmark")
        try holdLocks(admin)
        let submission = try SubmissionStore(admin).create(analysisID: analysis.id, kind: .submit)
        let writers = try (0..<connections).map { number in
            try BenchmarkWriter(uri: cluster.uri(), submission, partition: number, shard: number % shards)
        }
        // Every session has parsed its statements, and every shard has its rows.
        _ = try throughput(writers, seconds: 0.5)
        var (alone, together, ratios): ([Double], [Double], [Double]) = ([], [], [])
        for _ in 0..<rounds {
            alone.append(try throughput(Array(writers.prefix(1)), seconds: seconds))
            together.append(try throughput(writers, seconds: seconds))
            ratios.append((together.last ?? 0) / (alone.last ?? 1))
        }
        let repeated = writers.reduce(into: [:]) { $0.merge($1.repeated) { $0 + $1 } }
        return Result(
            connections: connections, shards: shards, lockHoldMilliseconds: lockHoldMilliseconds, rounds: rounds,
            alone: Self.median(alone), together: Self.median(together), ratio: Self.median(ratios),
            ratioRange: [ratios.min() ?? 0, ratios.max() ?? 0], repeated: repeated,
            differences: try Verifier(admin).differences().count)
    }

    /// A deferred trigger runs after a transaction's last statement, with every lock held.
    private func holdLocks(_ admin: Connection) throws {
        try admin.exec(
            """
            CREATE FUNCTION hold_locks() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_sleep(\(lockHoldMilliseconds / 1000));
                RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER hold_locks AFTER UPDATE ON entente.job_offsets DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION hold_locks();
            """)
    }

    /// Transactions a second of all writers at once.
    private func throughput(_ writers: [BenchmarkWriter], seconds: Double) throws -> Double {
        let start = ContinuousClock.now
        let deadline = start + .seconds(seconds)
        let before = writers.reduce(0) { $0 + $1.written }
        let threads = writers.map { writer in WorkerThread("writer") { writer.write(until: deadline) } }
        threads.forEach { $0.join() }
        let time = Double(start.duration(to: .now).microseconds) / 1e6
        if let failure = writers.lazy.compactMap(\.failure).first { throw failure }
        return Double(writers.reduce(0) { $0 + $1.written } - before) / time
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private static var analysis: Analysis {
        Analysis(
            model: .init(weights: "w", configuration: "c", tokenizer: "t"),
            classes: (0..<10).map { .init(id: "class-\($0)", name: "class \($0)") },
            descriptors: (0..<100).map { "descriptor \($0)" }, templates: ["{}"], descriptorTemplate: "{}",
            method: MethodParameters())
    }
}
