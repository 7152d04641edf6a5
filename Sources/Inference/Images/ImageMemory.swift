import Foundation

/// The memory that pictures may take while they are decoded, shared by all threads that decode.
///
/// What a picture takes is known from its header. Who finds no room waits for it, in order of arrival, so that a large picture is
/// not passed over for ever by small ones.
public final class ImageMemory: @unchecked Sendable {
    // Unchecked: everything that changes is touched under `condition` only.
    private let condition = NSCondition()
    private var taken = 0
    private var issued = 0
    private var admitted = 0

    public let bytes: Int

    public init(bytes: Int) { self.bytes = bytes }

    /// Of a process that was told nothing else.
    public static let standard = ImageMemory(bytes: 1 << 30)

    /// Waits until there is room; to be followed by ``give(back:)``.
    ///
    /// - Parameter count: at most ``bytes``.
    func take(_ count: Int) {
        precondition(count <= bytes, "\(count) bytes of a budget of \(bytes)")
        condition.withLock {
            let turn = issued
            issued += 1
            while turn != admitted || taken + count > bytes { condition.wait() }
            admitted += 1
            taken += count
            // The next may have room beside this one.
            condition.broadcast()
        }
    }

    func give(back count: Int) {
        condition.withLock {
            taken -= count
            condition.broadcast()
        }
    }

    /// What is taken just now.
    var inUse: Int { condition.withLock { taken } }
}

extension ImageMemory: Hashable {
    public static func == (a: ImageMemory, b: ImageMemory) -> Bool { a === b }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
