/// Memory of a workspace: `count` floats, aligned for any vector unit, zero at first, freed with the owner.
///
/// Not `Sendable`: whoever holds it is the one lane that writes to it.
final class ScratchBuffer {
    let base: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int) {
        precondition(count >= 0, "\(count) floats")
        let bytes = UnsafeMutableRawPointer.allocate(
            byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
        base = bytes.bindMemory(to: Float.self, capacity: max(count, 1))
        base.initialize(repeating: 0, count: max(count, 1))
        self.count = count
    }

    deinit { base.deallocate() }
}
