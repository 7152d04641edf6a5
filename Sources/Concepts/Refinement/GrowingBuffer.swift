/// Memory that is allocated once and again only when more is needed; freed with its owner, which one thread at a time uses.
final class GrowingBuffer<Element: BitwiseCopyable> {
    private var bytes: UnsafeMutableRawPointer?
    private var capacity = 0

    deinit { bytes?.deallocate() }

    /// What there was room made for last.
    var base: UnsafeMutablePointer<Element> { room(for: 0) }

    /// Room for `count` elements, aligned for any vector unit. What was in it stays only if there was room already.
    func room(for count: Int) -> UnsafeMutablePointer<Element> {
        if let bytes, count <= capacity { return bytes.assumingMemoryBound(to: Element.self) }
        bytes?.deallocate()
        // The unused part is never touched, so it costs no memory.
        capacity = max(count, 2 * capacity, 1)
        let fresh = UnsafeMutableRawPointer.allocate(
            byteCount: capacity * MemoryLayout<Element>.stride, alignment: 64)
        bytes = fresh
        return fresh.bindMemory(to: Element.self, capacity: capacity)
    }

    /// `count` elements, all `value`.
    func filled(_ count: Int, with value: Element) -> UnsafeMutablePointer<Element> {
        let base = room(for: count)
        base.initialize(repeating: value, count: count)
        return base
    }
}
