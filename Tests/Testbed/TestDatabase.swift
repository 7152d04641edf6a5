import Foundation
import Persistence
import Synchronization

/// A database of its own for one test, migrated unless asked otherwise; it goes when the cluster
/// goes, with the test process.
public final class TestDatabase: Sendable {
    public let name: String
    public let uri: String
    /// Databases are made one at a time: a template may have no other user.
    private static let oneAtATime = Mutex(())

    /// - Parameter migrated: false for an empty database.
    public init(migrated: Bool = true) throws {
        name = "t_" + UUID().uuidString.replacing("-", with: "").lowercased()
        uri = try TestCluster.uri(database: name)
        let template = migrated ? TestCluster.template : "template0"
        let name = name
        try Self.oneAtATime.withLock { _ in
            let admin = try Connection(uri: TestCluster.uri(), settings: .patient(applicationName: "testbed"))
            try admin.exec("CREATE DATABASE \(name) TEMPLATE \(template)")
        }
    }

    /// A session in it.
    public func connect(_ name: String = "test") throws -> Connection {
        try Connection(uri: uri, settings: SessionSettings(applicationName: name))
    }
}
