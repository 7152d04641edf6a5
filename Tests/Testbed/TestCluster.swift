import Foundation
import Persistence
import Processes

/// One PostgreSQL server for a whole test process, made when the first test asks for it and ended with the process.
public enum TestCluster {
    /// Its template is a migrated database, so that a fresh one costs a file copy and no DDL.
    static let template = "entente_template"

    private struct Shared: @unchecked Sendable {
        // Only read after it was made: uri(database:) and server look at constants and files.
        let cluster: PrivateCluster
    }

    private static let shared: Result<Shared, any Error> = Result {
        var options = PrivateCluster.Options()
        options.durable = false
        options.maximumConnections = 300
        let cluster = try PrivateCluster(options)
        let admin = try Connection(uri: cluster.uri(), settings: .patient(applicationName: "testbed"))
        try admin.exec("CREATE DATABASE \(template)")
        do {
            let connection = try Connection(
                uri: cluster.uri(database: template), settings: .patient(applicationName: "testbed"))
            _ = try Migrator(connection).migrate()
        }
        return Shared(cluster: cluster)
    }

    /// URI of a database of the shared cluster.
    public static func uri(database: String = "postgres") throws -> String {
        try shared.get().cluster.uri(database: database)
    }
}
