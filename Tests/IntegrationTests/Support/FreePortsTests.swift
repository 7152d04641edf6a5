import Testbed
import Testing

/// Ports of servers that are ended and started again in a test.
struct FreePortsTests {
    /// Else a connection of anybody's may hold the port while its server is down.
    @Test func nobodyGetsThemByChance() throws {
        let first = try FreePorts.take(20)
        let second = try FreePorts.take(20)
        #expect(Set(first + second).count == 40)
        let system = try FreePorts.firstOfTheSystem()
        #expect((first + second).allSatisfy { $0 < system && $0 >= 1024 })
    }
}
