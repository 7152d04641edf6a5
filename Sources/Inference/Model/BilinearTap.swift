/// Where a sample of an enlarged map lies between two of the small one's, corners not aligned (as torch interpolates).
struct BilinearTap {
    let first: Int
    let second: Int
    /// Of the second.
    let share: Float

    /// One for each of `to` samples.
    static func all(from: Int, to: Int) -> [BilinearTap] {
        (0..<to).map { sample in
            let place = max((Float(sample) + 0.5) * Float(from) / Float(to) - 0.5, 0)
            let first = min(Int(place), from - 1)
            return BilinearTap(first: first, second: min(first + 1, from - 1), share: place - Float(first))
        }
    }
}
