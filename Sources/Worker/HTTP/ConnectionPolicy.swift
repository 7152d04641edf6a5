/// Which addresses may be connected to.
package enum ConnectionPolicy: Sendable {
    /// Where the operator says, wherever that is.
    case anywhere
    /// Only the open network, and what is listed.
    case openNetwork(except: AllowedHosts)

    /// The rule by which a connection is refused; nil if it may be made.
    func refusal(of host: String, at address: IPAddress, port: Int) -> AddressRule? {
        guard case .openNetwork(let allowed) = self, let rule = AddressRule(refusing: address) else { return nil }
        return allowed.allows(host, at: address, port: port, against: rule) ? nil : rule
    }
}
