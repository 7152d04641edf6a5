import Synchronization

/// Pages that were just made, for whoever asks for the same a moment later: a page of sums over a whole analysis takes the database
/// some tenths of a second, and many look at the same ones.
final class RecentPages: Sendable {
    private struct Entry {
        let page: Page
        let madeAt: ContinuousClock.Instant
    }

    /// Of sums that change with every batch, nobody needs a younger one.
    private let age: Duration
    private let limit: Int
    private let entries = Mutex<[PageRequest: Entry]>([:])

    init(age: Duration = .seconds(10), limit: Int = 16) {
        self.age = age
        self.limit = limit
    }

    /// Whether a page is worth keeping: of sums, not of an image.
    private static func isKept(_ route: ExplorerRoute) -> Bool {
        switch route {
        case .index, .analysis, .compare: true
        default: false
        }
    }

    /// nil when there is none that is young enough.
    func find(_ request: PageRequest, now: ContinuousClock.Instant) -> Page? {
        entries.withLock { entries in
            entries[request].flatMap { $0.madeAt + age > now ? $0.page : nil }
        }
    }

    func keep(_ page: Page, for request: PageRequest, now: ContinuousClock.Instant) {
        guard Self.isKept(request.route) else { return }
        entries.withLock { entries in
            entries[request] = Entry(page: page, madeAt: now)
            guard entries.count > limit else { return }
            entries = entries.filter { $0.value.madeAt + age > now }
            while entries.count > limit, let oldest = entries.min(by: { $0.value.madeAt < $1.value.madeAt }) {
                entries[oldest.key] = nil
            }
        }
    }
}
