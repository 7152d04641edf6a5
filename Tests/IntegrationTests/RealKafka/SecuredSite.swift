import Foundation
import Testbed

/// A ``Site`` whose broker has ports with TLS and log-ins beside the plain one, and what clients need for each.
final class SecuredSite {
    static let passwords = ["quoll": "Potoroo-1", "numbat": "Bettong-2"]

    let site: Site
    let authority: CertificateAuthority
    /// One that the broker does not trust.
    let stranger: CertificateAuthority
    private let files: ScratchFolder

    /// - Parameter rights: whether users may only do what they are allowed; the plain port's may do everything.
    init(partitions: Int = 2, rights: Bool = false) throws {
        files = try ScratchFolder()
        authority = try CertificateAuthority("the tests' authority", folder: files("authority"))
        stranger = try CertificateAuthority("a stranger", folder: files("stranger"))
        let right = try authority.issue("right")
        let authorizer = [
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        ]
        site = try Site(
            partitions: partitions, kafka: 1, properties: rights ? authorizer : [:],
            listeners: [
                .tls("RIGHT", right), .tls("NAME", try authority.issue("other", others: ["DNS:kafka.example"])),
                .tls("EXPIRED", try authority.issue("expired", until: .now - 3600)),
                .tls("MUTUAL", right, clients: authority), .passwords("LOGIN", right, Self.passwords),
                .passwords("OPEN", nil, Self.passwords),
            ])
    }

    var kafka: KafkaCluster { site.kafka! }

    func end() {
        site.end()
        files.remove()
    }

    /// What a client is told, less the authority that it is to trust.
    ///
    /// - Parameter properties: of librdkafka, such as `ssl.ca.location`.
    func environment(_ listener: String, _ properties: [String: String]) -> [String: String] {
        Self.variables(properties).merging(
            ["ENTENTE_KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrapServers(of: listener)]
        ) { $1 }
    }

    static func variables(_ properties: [String: String]) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: properties.map {
                ("ENTENTE_KAFKA_PROPERTIES_" + $0.key.replacing(".", with: "_").uppercased(), $0.value)
            })
    }

    var trust: [String: String] { ["ssl.ca.location": authority.certificate] }

    /// With TLS.
    var tls: [String: String] { trust.merging(["security.protocol": "ssl"]) { $1 } }

    /// A log-in over TLS.
    func login(_ user: String, _ password: String? = nil) -> [String: String] {
        trust.merging(Self.open(user, password, "sasl_ssl")) { $1 }
    }

    /// A log-in.
    static func open(
        _ user: String, _ password: String? = nil, _ scheme: String = "sasl_plaintext"
    ) -> [String: String] {
        [
            "security.protocol": scheme, "sasl.mechanism": "PLAIN", "sasl.username": user,
            "sasl.password": password ?? passwords[user] ?? "",
        ]
    }
}
