import Inference

/// Where a program other than `entente` may step in, to break what no input breaks; nothing happens there by itself.
package enum Interference {
    /// Called by a lane with the ids of the images that it is about to compute. Read when a worker is put together.
    @TaskLocal package static var beforeComputing: @Sendable ([Identifier]) -> Void = { _ in }
}
