import Foundation
import Persistence
import Testbed

extension ChaosRun {
    /// Longer than the session time-out that ``Site`` sets. After the shorter time the group hasn't yet given the
    /// partitions away; after the longer one others have them, unless other rebalances come between.
    private static let freezes = [Duration.seconds(8), .seconds(14), .seconds(14)]

    /// - Parameter draw: decides whom it meets and how long it lasts.
    func perform(_ disturbance: Disturbance, _ draw: UInt64) throws {
        // From half a second to two and a half.
        let moment = 0.5 + Double(draw >> 32 & 0xFF) / 128
        switch disturbance {
        case .killWorker: posts.send(SIGKILL, draw: draw)
        case .terminateWorker: posts.send(SIGTERM, draw: draw)
        case .freezeWorker: posts.freeze(for: Self.freezes[Int(draw >> 40 % 3)], draw: draw)
        case .claimPartitions:
            try site.connect().exec(
                """
                SELECT entente.claim_offset('entente', '\(Site.topic)', partition, 'stalled', 1000)
                FROM generate_series(\(draw % 4), \(Self.partitions - 1), 2) AS partition
                """)
        case .restartDatabase, .crashDatabase:
            server.stop(disturbance == .crashDatabase ? .immediate : .fast)
            try pace(moment - 0.5)
            try server.start()
        case .endSessions:
            try site.connect().exec(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'entente %'")
        case .freezeSessions:
            let pids = try site.connect().query(
                "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'entente %'")
            let sessions = try (0..<pids.count).map { try pids.int($0, 0) }
            for pid in sessions { kill(pid, SIGSTOP) }
            // A server whose processes stay stopped could not be shut down.
            defer { for pid in sessions { kill(pid, SIGCONT) } }
            try pace(moment)
        case .lockTable:
            let table = ["part_results", "job_offsets", "images", "dead_letters"][Int(draw % 4)]
            let session = try site.connect()
            try session.exec("SET idle_in_transaction_session_timeout = 0")
            try session.exec("BEGIN; LOCK TABLE entente.\(table) IN SHARE ROW EXCLUSIVE MODE")
            try pace(moment)
            try session.exec("ROLLBACK")
        case .brokerAway:
            try site.order("down all")
            try pace(moment)
            try site.order("up all")
        case .brokerErrors:
            for order in Self.errors { try site.order("errors " + order) }
        case .producerErrors:
            for order in Self.sendingErrors { try site.order("errors " + order) }
        case .fatalErrors:
            for order in Self.fatalErrors { try site.order("errors " + order) }
            // The letters of workers; jobs are sent again when the rest is taken back.
            try pace(2 * moment)
            for request in Self.requests(of: Self.fatalErrors) { try site.order("clear \(request)") }
        case .brokerSlow:
            try site.order("rtt all 200")
            try pace(moment)
            try site.order("rtt all 0")
        case .killBroker, .restartBroker:
            try interrupt(broker(draw), disturbance == .killBroker ? SIGKILL : SIGTERM, moment)
        case .freezeBroker:
            guard let kafka = site.kafka else { return }
            let index = broker(draw)
            log.note("  broker \(index + 1)")
            kafka.signal(index, SIGSTOP)
            defer { kafka.signal(index, SIGCONT) }
            try pace(4 * moment)
        case .moveLeaders:
            // With a broker away or behind it may be refused, which is an event too.
            let isDone = try site.kafka?.moveLeaders(
                of: Site.topic, partitions: Self.partitions, shift: 1 + Int(draw >> 8 % 2))
            log.note("  \(isDone == true ? "done" : "refused")")
        case .breakConnections:
            guard let kafka = site.kafka else { return }
            let index = broker(draw)
            let side = BreakingProxy.Side.allCases[Int(draw >> 24 % 2)]
            log.note(
                "  \(kafka.breakConnections(of: index, leaving: side)) of broker \(index + 1), the \(side)'s side stays"
            )
        }
    }

    private func broker(_ draw: UInt64) -> Int { Int(draw >> 16 % UInt64(site.kafka?.brokers ?? 1)) }

    /// Ends a broker and starts it again. Of three, two keep what was written; a second one may only fall when the first
    /// has caught up, or what was acknowledged could be lost and the log not be written.
    private func interrupt(_ index: Int, _ signal: Int32, _ moment: Double) throws {
        guard let kafka = site.kafka else { return }
        log.note("  broker \(index + 1)")
        try kafka.stop(index, signal)
        try pace(2 * moment)
        try kafka.start(index)
        try eventually(within: 120, "broker \(index + 1) has caught up") {
            try posts.tend()
            return try kafka.isWhole()
        }
    }

    /// What workers ask, and no producer does.
    static let errors = [
        "Fetch 3 NOT_LEADER_FOR_PARTITION", "Fetch 2 _TRANSPORT", "Fetch 1 REQUEST_TIMED_OUT",
        "Fetch 1 OFFSET_OUT_OF_RANGE", "Heartbeat 1 NOT_COORDINATOR", "Heartbeat 1 UNKNOWN_MEMBER_ID",
        "Heartbeat 1 COORDINATOR_NOT_AVAILABLE", "OffsetCommit 3 REBALANCE_IN_PROGRESS", "OffsetCommit 1 _TRANSPORT",
        "OffsetCommit 1 UNKNOWN_MEMBER_ID", "OffsetCommit 1 REQUEST_TIMED_OUT", "ListOffsets 1 LEADER_NOT_AVAILABLE",
        "ListOffsets 1 NOT_LEADER_FOR_PARTITION", "ListOffsets 1 REQUEST_TIMED_OUT",
        "JoinGroup 1 COORDINATOR_LOAD_IN_PROGRESS", "JoinGroup 1 UNKNOWN_MEMBER_ID", "SyncGroup 1 UNKNOWN_MEMBER_ID",
        "FindCoordinator 1 COORDINATOR_NOT_AVAILABLE",
    ]

    /// Of jobs as well as of dead letters; a producer goes on after them.
    static let sendingErrors = [
        "Produce 2 NOT_LEADER_FOR_PARTITION", "Produce 1 REQUEST_TIMED_OUT", "Produce 1 _TRANSPORT",
        "InitProducerId 1 COORDINATOR_NOT_AVAILABLE",
    ]

    /// After these a producer can do nothing more, and jobs must not meet them.
    static let fatalErrors = [
        "Produce 1 OUT_OF_ORDER_SEQUENCE_NUMBER", "InitProducerId 1 CLUSTER_AUTHORIZATION_FAILED",
    ]

    /// The kinds of requests that orders of errors name.
    static func requests(of orders: [String]) -> Set<Substring> { Set(orders.map { $0.prefix { $0 != " " } }) }
}
