import HeapModule

/// Candidates for a merge inside one word, handed out by rank and, within a rank, from left to right.
///
/// Candidates are not withdrawn when the word changes: who pops one checks that it still holds.
struct MergeQueue {
    struct Candidate: Comparable {
        /// Place of the pair in the list of merges.
        let rank: Int32
        /// Place of the pair's left symbol in the word.
        let position: Int
        /// The pair.
        let key: UInt64
        /// Id of the joined token.
        let id: Int32

        static func < (left: Candidate, right: Candidate) -> Bool {
            (left.rank, left.position) < (right.rank, right.position)
        }
    }

    private var heap = Heap<Candidate>()

    /// - Complexity: O(log *n*)
    mutating func push(_ candidate: Candidate) { heap.insert(candidate) }

    /// The first candidate, if any.
    /// - Complexity: O(log *n*)
    mutating func pop() -> Candidate? { heap.popMin() }

    /// The first candidate if it has this rank.
    mutating func pop(rank: Int32) -> Candidate? { heap.min?.rank == rank ? heap.popMin() : nil }
}
