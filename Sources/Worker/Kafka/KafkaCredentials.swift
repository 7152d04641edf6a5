import Foundation

/// All that a client reads once, when it is made: its properties, and the files that they name, by what tells that they changed.
package struct KafkaCredentials: Sendable, Hashable {
    /// Of a file, behind links, which is how volumes of secrets are renewed.
    private struct Mark: Hashable {
        let device: UInt64
        let inode: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    private let servers: String
    private let properties: [String: String]
    private let files: [String: Mark]

    /// Properties that name a file of a certificate, of a key or of authorities.
    private static let names: Set<String> = [
        "ssl.ca.location", "ssl.certificate.location", "ssl.key.location", "ssl.keystore.location", "ssl.crl.location",
        "sasl.kerberos.keytab",
    ]

    init(_ configuration: KafkaClientConfiguration) {
        servers = configuration.bootstrapServers
        properties = configuration.properties
        let named = configuration.properties.filter { Self.names.contains($0.key) }
        files = named.compactMapValues { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            return Mark(
                device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
                seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
        }
    }
}
