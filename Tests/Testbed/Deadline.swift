import Foundation

/// A condition did not come true in time.
public struct DeadlinePassed: Error, CustomStringConvertible {
    public let description: String
}

/// Waits until `condition` holds, looking again every few milliseconds; throws ``DeadlinePassed`` after `seconds`.
public func eventually(
    within seconds: Double = 90, _ what: String, _ condition: () throws -> Bool
) throws {
    let deadline = Date().addingTimeInterval(seconds)
    while try !condition() {
        guard Date() < deadline else { throw DeadlinePassed(description: "not within \(seconds) s: \(what)") }
        usleep(5_000)
    }
}
