import Foundation

/// A condition did not come true in time.
public struct DeadlinePassed: Error, CustomStringConvertible {
    public let description: String
}

/// Waits until `condition` holds, looking again every few milliseconds; throws ``DeadlinePassed`` after `seconds`, or after
/// as many more as the machine is slower than an idle one when they are over.
public func eventually(
    within seconds: Double = 90, _ what: String, _ condition: () throws -> Bool
) throws {
    let start = Date()
    var patience = seconds
    while try !condition() {
        let waited = Date().timeIntervalSince(start)
        if waited >= patience {
            patience = seconds * MachineSpeed.slowness()
            guard waited < patience else {
                throw DeadlinePassed(description: "not within \(Int(waited)) s: \(what)")
            }
        }
        usleep(5_000)
    }
}
