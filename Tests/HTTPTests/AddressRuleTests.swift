import Testing

@testable import HTTP

@Suite struct AddressRuleTests {
    @Test(
        arguments: [
            ("127.0.0.1", .loopback), ("127.255.255.254", .loopback), ("::1", .loopback), ("10.0.0.1", .privateNetwork),
            ("172.16.0.1", .privateNetwork), ("172.31.255.255", .privateNetwork), ("192.168.1.1", .privateNetwork),
            ("100.64.0.1", .sharedNetwork), ("100.127.255.255", .sharedNetwork), ("169.254.1.1", .linkLocal),
            ("fe80::1", .linkLocal), ("febf::1", .linkLocal), ("fc00::1", .uniqueLocal), ("fdff::1", .uniqueLocal),
            ("fec0::1", .uniqueLocal), ("224.0.0.1", .multicast), ("239.255.255.255", .multicast),
            ("ff02::1", .multicast),
            ("0.0.0.0", .unspecified), ("0.1.2.3", .unspecified), ("::", .unspecified), ("::ffff:127.0.0.1", .mapped),
            ("::ffff:93.184.216.34", .mapped), ("::127.0.0.1", .compatible), ("64:ff9b::7f00:1", .nat64),
            ("64:ff9b:1::1", .nat64), ("2002:7f00:1::", .sixToFour), ("2001:0:53aa::1", .teredo),
            ("255.255.255.255", .reserved), ("240.0.0.1", .reserved), ("192.0.2.1", .reserved),
            ("198.18.0.1", .reserved),
            ("2001:db8::1", .reserved), ("169.254.169.254", .metadata), ("fd00:ec2::254", .metadata),
            ("100.100.100.200", .metadata), ("::ffff:169.254.169.254", .metadata), ("64:ff9b::a9fe:a9fe", .metadata),
            ("2002:a9fe:a9fe::1", .metadata), ("::169.254.169.254", .metadata), ("168.63.129.16", .metadata),
        ] as [(String, AddressRule)]) func whatIsNotOfTheOpenNetworkHasARule(text: String, rule: AddressRule) throws
    {
        let address = try #require(IPAddress(parsing: text))
        #expect(AddressRule(refusing: address) == rule)
    }

    @Test(arguments: [
        "93.184.216.34", "8.8.8.8", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1", "192.167.1.1",
        "11.0.0.1", "126.255.255.255", "128.0.0.1", "169.253.1.1", "223.255.255.255", "2606:4700::1111", "2a00::1",
        "2001:200::1", "2003::1",
    ]) func theOpenNetworkHasNone(text: String) throws {
        let address = try #require(IPAddress(parsing: text))
        #expect(AddressRule(refusing: address) == nil)
    }

    @Test func everyRangeOfTheTableIsRead() {
        #expect(AddressRule.ranges.count == AddressRule.table.reduce(0) { $0 + $1.1.split(separator: " ").count })
        #expect(Set(AddressRule.ranges.map(\.rule)) == Set(AddressRule.allCases))
    }

    @Test(arguments: ["10.0.0.0/33", "10.0.0/8", "::/129", "x/8", "10.0.0.0/", "10.0.0.0/-1", "010.0.0.1", "1", ""])
    func noRange(text: String) { #expect(AddressRange(parsing: text) == nil) }

    @Test func rangesEndWithinABit() throws {
        func contains(_ range: String, _ address: String) throws -> Bool {
            try #require(AddressRange(parsing: range)).contains(#require(IPAddress(parsing: address)))
        }
        #expect(try contains("10.128.0.0/9", "10.255.0.1"))
        #expect(try !contains("10.128.0.0/9", "10.127.255.255"))
        #expect(try !contains("10.128.0.0/9", "::"))
        #expect(try contains("::/0", "ff02::1"))
    }
}
