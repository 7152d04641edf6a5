import Foundation
import Persistence
import Testbed
import Testing

/// A worker's operations endpoint over its whole life: no model, a model, work, a shutdown that waits.
@Suite(.startsWorkers) struct OperationsTests {
    @Test func probesAndMetricsTellTheTruth() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 2)
            defer { site.end() }
            let ids = DrawnWorld.ids(perClass: 1, classes: 6)
            let submitted = try site.submit(ids, imagesPerJob: 2)
            // Announced and gone: a failed image.
            try FileManager.default.removeItem(atPath: site.root + "/" + ids[0])
            let models = site.scratch.path + "/models"
            try FileManager.default.createDirectory(atPath: models, withIntermediateDirectories: true)
            let worker = try site.worker(
                environment: OperationsPort.environment.merging(["ENTENTE_MODEL_PATH": models]) { $1 })
            let port = try OperationsPort(of: worker)

            try eventually("the model is missed") { try port.unreadiness().map(\.kind) == ["model_missing"] }
            let missing = try #require(try port.unreadiness().first)
            #expect(missing.detail.contains(submitted.analysis) && missing.detail.contains("ENTENTE_MODEL_PATH"))
            #expect(try port.death() == [])
            #expect(try port.get("/elsewhere").status == 404)

            try FileManager.default.createSymbolicLink(
                atPath: models + "/drawn", withDestinationPath: DrawnWorld.model)
            try eventually("the worker is ready") { try port.unreadiness() == [] }
            try eventually("all is done") { try site.status(submitted.analysis).pending == 0 }
            try Self.expectMetrics(of: port, equal: site, submitted)
            try Self.expectStopInSight(site, worker, port)
        }
    }

    private static func expectMetrics(of port: OperationsPort, equal site: Site, _ submitted: Site.Submitted) throws {
        let connection = try site.connect()
        func rows(_ table: String) throws -> Double {
            Double(try connection.number("SELECT count(*) FROM entente.\(table)"))
        }
        let stored = try rows("image_results")
        #expect(try stored == Double(submitted.images - 1) && rows("failed_images") == 1)
        // The watcher of rows is faster than the writer is at counting.
        try eventually("the counters have caught up") {
            try port.metrics()["entente_dead_letters_total{step=\"published\"}"] == 1
        }
        let metrics = try port.metrics()
        #expect(metrics["entente_jobs_total{outcome=\"done\"}"] == Double(submitted.jobs))
        #expect(metrics["entente_jobs_total{outcome=\"failed\"}"] == 0)
        #expect(metrics["entente_images_total{outcome=\"done\"}"] == stored)
        #expect(try metrics["entente_images_total{outcome=\"failed\"}"] == rows("failed_images"))
        #expect(metrics["entente_images_total{outcome=\"skipped\"}"] == 0)
        #expect(try metrics["entente_image_failures_total{kind=\"not_found\"}"] == rows("failed_images"))
        #expect(try metrics["entente_dead_letters_total{step=\"written\"}"] == rows("dead_letters"))
        for stage in ["fetch", "decode", "encode", "concepts"] {
            #expect(metrics["entente_stage_duration_seconds_count{stage=\"\(stage)\"}"] == stored, "\(stage)")
            #expect(metrics["entente_stage_duration_seconds_sum{stage=\"\(stage)\"}"] ?? 0 > 0, "\(stage)")
        }
        let commits = metrics["entente_database_transactions_total{result=\"committed\"}"] ?? 0
        #expect(commits >= 1 && commits <= Double(submitted.jobs))
        #expect(metrics["entente_stage_duration_seconds_count{stage=\"write\"}"] == commits)
        #expect(metrics["entente_database_transaction_duration_seconds_count"] == commits)
        #expect(metrics["entente_batch_size_sum{stage=\"write\"}"] == stored)
        #expect(metrics["entente_batch_size_sum{stage=\"encode\"}"] ?? 0 > stored, "prompted pictures count too")
        #expect(metrics["entente_end_to_end_latency_seconds_count"] == Double(submitted.jobs))
        #expect(metrics["entente_retries_total{stage=\"model\"}"] ?? 0 >= 1)
        #expect(metrics["entente_database_round_trips_total{connection=\"writer\"}"] ?? 0 >= commits)
        #expect(metrics["entente_encoder_gflops"] ?? 0 > 0)
        #expect(metrics["entente_last_progress_timestamp_seconds"] ?? 0 > Date().timeIntervalSince1970 - 600)
        #expect(metrics["process_resident_memory_bytes"] ?? 0 > 1e7)
        #expect(metrics["process_cpu_seconds_total"] ?? 0 > 0)
        #expect(abs((metrics["process_start_time_seconds"] ?? 0) - Date().timeIntervalSince1970) < 600)
        #expect(metrics.keys.contains { $0.hasPrefix("entente_build_info{version=") })
        try eventually("the gauges of the queue have been set") {
            let metrics = try port.metrics()
            return metrics["entente_assigned_partitions"] == 2 && metrics["entente_paused_partitions"] == 0
                && metrics["entente_jobs_in_flight"] == 0 && metrics["entente_ready"] == 1
                && (0..<2).allSatisfy {
                    metrics["entente_consumer_lag{topic=\"\(Site.topic)\",partition=\"\($0)\"}"] == 0
                }
        }
    }

    /// While a transaction waits, so does the worker that was told to stop; probes are answered all the while.
    private static func expectStopInSight(_ site: Site, _ worker: RunningProgram, _ port: OperationsPort) throws {
        let blocker = try site.connect()
        try blocker.exec("SET idle_in_transaction_session_timeout = 0")
        try blocker.exec("BEGIN; LOCK TABLE entente.part_results IN SHARE MODE")
        _ = try site.submit(DrawnWorld.ids(perClass: 2, classes: 1), imagesPerJob: 2)
        let watcher = try site.connect()
        try eventually("the worker's transaction waits") {
            try watcher.number(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'entente.part_results'::regclass") == 1
        }
        #expect(try port.metrics()["entente_jobs_in_flight"] != nil)
        worker.signal(SIGTERM)
        try eventually("the worker says that it stops") { try port.unreadiness().map(\.kind) == ["stopping"] }
        #expect(try port.death() == [])
        #expect(worker.isRunning)
        try blocker.exec("ROLLBACK")
        let end = try worker.wait(within: 60)
        #expect(end.status == 0, "\(end)")
        #expect(end.errors.contains("worker ends"), "\(end)")
    }

    /// Clients that begin a request and never end it keep no probe out, and are not kept.
    @Test func slowClientsKeepNoProbeOut() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            let worker = try site.worker(environment: OperationsPort.environment)
            let port = try OperationsPort(of: worker)
            let slow = try (0..<200).map { _ in try SlowClient(port: port.number) }
            for path in ["/healthz", "/metrics", "/healthz"] { #expect(try port.get(path).status == 200) }
            try eventually(within: 30, "all of them are closed") { slow.allSatisfy(\.isClosed) }
            #expect(try port.get("/healthz").status == 200)
        }
    }

    @Test func aPortThatIsTakenIsNamed() async throws {
        try await onOwnThread {
            let site = try Site(partitions: 1)
            defer { site.end() }
            // The broker's port.
            let taken = try #require(site.bootstrapServers.split(separator: ":").last)
            let end = try site.worker(["--http-address", "127.0.0.1:\(taken)"]).wait(within: 60)
            #expect(end.status == 69, "\(end)")
            #expect(end.errors.contains("ENTENTE_HTTP_ADDRESS is 127.0.0.1:\(taken)"), "\(end)")
            #expect(end.errors.contains("Address already in use"), "\(end)")

            let wrong = try site.worker(["--http-address", "9464"]).wait(within: 60)
            #expect(wrong.status == 64, "\(wrong)")
            #expect(wrong.errors.contains("it has to be host:port"), "\(wrong)")
        }
    }
}
