/// Why an address is none that a picture of the open network lies at. The ranges are those of IANA's special-purpose
/// registries, and where clouds keep their machines' credentials.
package enum AddressRule: String, Sendable, CaseIterable {
    case metadata = "a cloud-metadata address"
    case unspecified = "an unspecified address"
    case loopback = "a loopback address"
    case privateNetwork = "a private address"
    case sharedNetwork = "a carrier-grade NAT address"
    case linkLocal = "a link-local address"
    case uniqueLocal = "a unique-local address"
    case multicast = "a multicast address"
    case reserved = "a reserved address"
    case mapped = "an IPv4-mapped address"
    case compatible = "an IPv4-compatible address"
    case nat64 = "a NAT64 address"
    case sixToFour = "a 6to4 address"
    case teredo = "a Teredo address"

    /// The rule that an address falls under; nil for one of the open network.
    init?(refusing address: IPAddress) {
        // However it is wrapped up, it leads to a machine's credentials.
        if let inner = address.embedded, AddressRule(refusing: inner) == .metadata {
            self = .metadata
            return
        }
        guard let found = Self.ranges.first(where: { $0.range.contains(address) }) else { return nil }
        self = found.rule
    }

    /// The first that contains an address counts.
    static let ranges: [(range: AddressRange, rule: AddressRule)] = table.flatMap { rule, ranges in
        ranges.split(separator: " ").compactMap { AddressRange(parsing: $0) }.map { ($0, rule) }
    }

    static let table: [(AddressRule, String)] = [
        // AWS (also for containers, and over IPv6), Google and Azure; Alibaba; Oracle; Azure's wire server.
        (.metadata, "169.254.169.254 169.254.170.2 169.254.170.23 fd00:ec2::254 fd00:ec2::23"),
        (.metadata, "fd20:ce::254 100.100.100.200 192.0.0.192 168.63.129.16"),
        (.unspecified, "0.0.0.0/8 ::/128"),
        (.loopback, "127.0.0.0/8 ::1/128"),
        (.privateNetwork, "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16"),
        (.sharedNetwork, "100.64.0.0/10"),
        (.linkLocal, "169.254.0.0/16 fe80::/10"),
        // The latter is IPv6's site-local range of old.
        (.uniqueLocal, "fc00::/7 fec0::/10"),
        (.multicast, "224.0.0.0/4 ff00::/8"),
        (
            .reserved,
            "192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4"
        ),
        (.mapped, "::ffff:0:0/96 ::ffff:0:0:0/96"),
        (.compatible, "::/96"),
        (.nat64, "64:ff9b::/96 64:ff9b:1::/48"),
        (.sixToFour, "2002::/16"),
        (.teredo, "2001::/32"),
        (.reserved, "100::/64 2001::/23 2001:db8::/32 3fff::/20 5f00::/16"),
    ]
}
