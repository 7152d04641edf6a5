/// Floats that never change once they are made, aligned for any vector unit, shared by all threads.
///
/// Unchecked: the memory is written by the initializer alone.
final class AlignedFloats: @unchecked Sendable {
    let base: UnsafePointer<Float>
    let count: Int

    /// - Parameter body: writes all `count` floats.
    init(count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        precondition(count > 0, "\(count) floats")
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
        let floats = bytes.bindMemory(to: Float.self, capacity: count)
        body(floats)
        base = UnsafePointer(floats)
        self.count = count
    }

    deinit { base.deallocate() }
}
