import Foundation

/// An Apache Kafka to test against: a folder of a distribution's jars, and the Java that runs them.
public struct KafkaDistribution: Sendable {
    /// Environment variable that names the folder: the `libs` of any Kafka from 3.9 on.
    public static let variable = "ENTENTE_TEST_KAFKA"
    /// Why tests against it are skipped, and how to have them.
    public static let absence: String =
        "no real Kafka: name the libs folder of an Apache Kafka distribution, 3.9 or newer, in \(variable); Java 17 or newer "
        + "has to be on the PATH"

    public let libraries: String
    public let java: String

    /// Whether a folder is named. One that is not there, and a Java that is missing, then fail the tests.
    public static var isNamed: Bool { named != nil }

    private static var named: String? {
        ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// - Throws: ``Unusable`` with a sentence that says what is missing.
    public init() throws {
        guard let folder = Self.named else { throw Unusable(description: Self.absence) }
        let jars = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard jars.contains(where: { $0.hasPrefix("kafka_") && $0.hasSuffix(".jar") }) else {
            throw Unusable(description: "\(Self.variable) names \(folder), which holds no kafka_*.jar")
        }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let found = path.split(separator: ":").map { $0 + "/java" }
            .first { FileManager.default.isExecutableFile(atPath: String($0)) }
        guard let found else {
            throw Unusable(
                description: "\(Self.variable) names a Kafka, but no java is on the PATH; install one "
                    + "(Debian: default-jre-headless), or unset the variable")
        }
        libraries = folder
        java = String(found)
    }

    public struct Unusable: Error, CustomStringConvertible { public let description: String }

    /// The arguments of `java` that run a class of it.
    ///
    /// - Parameter megabytes: of heap at most.
    func arguments(_ main: String, _ arguments: [String], megabytes: Int) -> [String] {
        [
            // Small, and started a moment ago: neither a concurrent collector nor the optimising compiler is worth its threads.
            "-Xmx\(megabytes)m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", libraries + "/*", main,
        ] + arguments
    }

    /// What Java sees of the environment: nothing that changes how it runs.
    static var environment: [String: String] {
        ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "LANG", "JAVA_HOME"].contains($0.key) }
    }
}
