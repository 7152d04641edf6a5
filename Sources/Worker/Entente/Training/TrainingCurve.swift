/// How a training run went, an epoch at a time.
struct TrainingCurve: Equatable {
    /// Mean loss of each epoch that is over, and the share of its pictures that were told right before the step that learnt of them.
    private(set) var losses: [Double] = []
    private(set) var accuracies: [Double] = []
    /// Of the epoch under way: sums, and over how many pictures.
    private(set) var loss = 0.0
    private(set) var hits = 0.0
    private(set) var pictures = 0

    init() {}

    init(losses: [Double], accuracies: [Double], loss: Double, hits: Double, pictures: Int) {
        self.losses = losses
        self.accuracies = accuracies
        self.loss = loss
        self.hits = hits
        self.pictures = pictures
    }

    /// - Parameters:
    ///   - loss: mean over `count` pictures; `accuracy` a share of them.
    ///   - isLast: whether the epoch is over with it.
    mutating func add(loss: Double, accuracy: Double, count: Int, isLast: Bool) {
        self.loss += loss * Double(count)
        hits += accuracy * Double(count)
        pictures += count
        guard isLast else { return }
        losses.append(self.loss / Double(pictures))
        accuracies.append(hits / Double(pictures))
        (self.loss, hits, pictures) = (0, 0, 0)
    }

    /// How much the mean loss of the last tenth of the epochs is below that of the tenth before, as a share of all that it fell; nil of
    /// less than ten epochs. A curve that has settled has little of its fall there.
    var lastFall: Double? {
        let tenth = losses.count / 10
        guard tenth > 0, let first = losses.first else { return nil }
        func mean(_ range: ArraySlice<Double>) -> Double { range.reduce(0, +) / Double(range.count) }
        let last = mean(losses.suffix(tenth))
        let before = mean(losses.dropLast(tenth).suffix(tenth))
        return first == last ? 0 : (before - last) / (first - last)
    }
}
