import Persistence
import Settings

extension Settings {
    /// A session of a command in a database whose schema fits this build.
    ///
    /// - Parameter patient: whether statements may take as long as they want.
    func connect(_ command: String, patient: Bool = true) throws -> Connection {
        let name = "entente \(command)"
        let connection = try Connection(
            uri: required(.postgresURI),
            settings: patient ? .patient(applicationName: name) : SessionSettings(applicationName: name))
        try Migrator(connection).check()
        return connection
    }
}
