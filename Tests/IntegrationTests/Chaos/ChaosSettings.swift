import Foundation

/// How long the chaos lasts, over what broker, and what it is drawn from: `ENTENTE_CHAOS_MINUTES`, `ENTENTE_CHAOS_KAFKA`
/// and `ENTENTE_CHAOS_SEED`, which `scripts/chaos` sets.
struct ChaosSettings {
    /// Seconds during which there are disturbances.
    private(set) var seconds: Double
    /// The same seed gives the same jobs, and the same disturbances in the same order.
    private(set) var seed: UInt64
    /// A folder that is left with every process's output; nil: nothing is left.
    let logs: String?
    /// Whether three brokers of a real Kafka stand in for the in-process one.
    let kafka: Bool

    private static let leastSeconds = 60.0
    private static let leastJobs = 2_000

    init(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let minutes = environment["ENTENTE_CHAOS_MINUTES"]
        guard let minutes = minutes.map(Double.init) ?? 0, (0...10_000).contains(minutes) else {
            throw Misunderstood(description: "ENTENTE_CHAOS_MINUTES has to be a number of minutes")
        }
        let given = environment["ENTENTE_CHAOS_SEED"]
        guard let seed = given.map(UInt64.init) ?? .random(in: 0...999_999) else {
            throw Misunderstood(description: "ENTENTE_CHAOS_SEED has to be a whole number")
        }
        seconds = max(Self.leastSeconds, minutes * 60)
        self.seed = seed
        logs = environment["ENTENTE_CHAOS_LOGS"]
        kafka = environment["ENTENTE_CHAOS_KAFKA"] == "1"
    }

    /// What is left to do with a new broker, and other jobs, when the one before has ended itself after some seconds.
    func rest(after seconds: Double) -> ChaosSettings {
        var rest = self
        rest.seconds = max(Self.leastSeconds, self.seconds - seconds)
        rest.seed &+= 1
        return rest
    }

    /// Enough to be at work all the time.
    var jobs: Int { max(Self.leastJobs, Int(seconds * Double(Self.leastJobs) / Self.leastSeconds)) }

    struct Misunderstood: Error, CustomStringConvertible { let description: String }
}
