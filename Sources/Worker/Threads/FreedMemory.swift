import CMalloc

/// What the C library's allocator holds of memory that was freed.
package enum FreedMemory {
    /// Gives it back to the system. Weights are many blocks of some megabytes, which the allocator would rather keep for the next
    /// ones, a heap for each thread that has loaded a model.
    package static func giveBack() { _ = malloc_trim(0) }
}
