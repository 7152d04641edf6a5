/// Candidates for a merge inside one word, handed out by rank and, within a rank, from left to right.
///
/// A binary heap. Candidates are not withdrawn when the word changes: who pops one checks that it still holds.
struct MergeQueue {
    struct Candidate {
        /// Place of the pair in the list of merges.
        let rank: Int32
        /// Place of the pair's left symbol in the word.
        let position: Int
        /// The pair.
        let key: UInt64
        /// Id of the joined token.
        let id: Int32

        fileprivate static func < (left: Candidate, right: Candidate) -> Bool {
            (left.rank, left.position) < (right.rank, right.position)
        }
    }

    private var heap: [Candidate] = []

    /// - Complexity: O(log *n*)
    mutating func push(_ candidate: Candidate) {
        heap.append(candidate)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child] < heap[parent] else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// The first candidate, if any.
    /// - Complexity: O(log *n*)
    mutating func pop() -> Candidate? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            let left = 2 * parent + 1
            if left < heap.count, heap[left] < heap[least] { least = left }
            if left + 1 < heap.count, heap[left + 1] < heap[least] { least = left + 1 }
            guard least != parent else { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    /// The first candidate if it has this rank.
    mutating func pop(rank: Int32) -> Candidate? {
        heap.first?.rank == rank ? pop() : nil
    }
}
