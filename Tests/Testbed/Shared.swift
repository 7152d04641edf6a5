import Foundation

/// A value that several threads of a test change.
public final class Shared<Value: Sendable>: @unchecked Sendable {
    // Unchecked: touched under `lock` only.
    private var state: Value
    private let lock = NSLock()

    public init(_ value: Value) { state = value }

    public var value: Value { lock.withLock { state } }

    public func change(_ body: (inout Value) -> Void) { lock.withLock { body(&state) } }
}
