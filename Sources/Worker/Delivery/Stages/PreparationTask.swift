import Jobs

/// A job that is being prepared: what is known of each of its images so far, kept while it waits for the rest.
struct PreparationTask: Sendable {
    let ticket: Ticket
    var job: ImageJob?
    /// In order, once the analysis is loaded.
    var images: [JobImage] = []
    /// Whether it was counted as one that keeps its partition from being read.
    var isStalled = false

    init(_ ticket: Ticket) { self.ticket = ticket }

    /// Pictures that it holds in memory while it waits.
    var pictures: Int { images.count { $0.picture != nil } }

    /// Images that nothing has to be fetched for any more.
    var settled: Int { images.count { !$0.isAwaited } }

    /// Lets go of all of them.
    mutating func release() { for index in images.indices { images[index].release() } }

    /// The images to be fetched next, in order: those that made room for others wait until the others are there.
    var awaited: [Int] {
        let awaited = images.indices.filter { images[$0].isAwaited }
        let first = awaited.filter { !images[$0].fetching.comesLast }
        return first.isEmpty ? awaited : first
    }
}
