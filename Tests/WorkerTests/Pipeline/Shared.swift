import Foundation

/// A value that several threads of a test change.
final class Shared<Value: Sendable>: @unchecked Sendable {
    // Unchecked: touched under `lock` only.
    private var state: Value
    private let lock = NSLock()

    init(_ value: Value) { state = value }

    var value: Value { lock.withLock { state } }

    func change(_ body: (inout Value) -> Void) { lock.withLock { body(&state) } }
}
