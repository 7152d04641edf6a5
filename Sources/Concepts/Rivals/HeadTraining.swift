import Inference

/// The training of one head, step by step (docs/rivals.md §2). Who calls it has the pictures' features and the threads; what comes out
/// depends on neither.
public struct HeadTraining: Sendable {
    /// Pictures whose sums are made together, whatever the lanes: sums of doubles depend on their order.
    public static let chunk = 8

    public let shape: HeadShape
    public let settings: HeadSettings
    /// How many there are.
    public let pictures: Int
    public private(set) var state: HeadState
    private let texts: DoubleMatrix
    private let targets: [[Int]]

    /// What one step was like.
    public struct Step: Sendable {
        /// Mean over the batch, before the step.
        public let loss: Double
        /// Share of the batch.
        public let accuracy: Double
    }

    /// - Parameters:
    ///   - texts: of the bank, `[D, e]`, in the descriptor template; brought to length 1 here.
    ///   - targets: of each class its descriptors; for `feature_maps` alone.
    ///   - state: where a run before ended; nil for the beginning.
    public init(
        _ shape: HeadShape, settings: HeadSettings, pictures: Int, texts: Matrix, targets: [[Int]] = [],
        state: HeadState? = nil
    ) {
        self.shape = shape
        self.settings = settings
        self.pictures = pictures
        self.texts = DoubleMatrix(texts.rowsNormalized())
        self.targets = targets.map { Set($0).sorted() }
        self.state = state ?? HeadState(shape, seed: settings.seed)
    }

    public var steps: Int { settings.epochs * settings.steps(ofEpoch: pictures) }
    public var isDone: Bool { state.step >= steps }

    /// The order of an epoch's pictures.
    public func order(ofEpoch epoch: Int) -> [Int] {
        var generator = HeadDraws.generator(settings.seed, .order, epoch)
        return generator.distinctIndexes(pictures, below: pictures)
    }

    /// Places of the next step's pictures in its epoch's order.
    public var nextBatch: (epoch: Int, places: Range<Int>) {
        let perEpoch = settings.steps(ofEpoch: pictures)
        let start = state.step % perEpoch * settings.batch
        return (state.step / perEpoch, start..<min(start + settings.batch, pictures))
    }

    /// What the lanes do of the next step.
    public struct Work: Sendable {
        let pass: any HeadPass
        let step: Int

        public func sums(of examples: [HeadExample]) -> HeadSums { pass.sums(of: examples, step: step) }
    }

    /// The head as it is now, for the next step.
    public var work: Work { Work(pass: pass, step: state.step) }

    private var pass: any HeadPass {
        shape.method == .featureMaps
            ? LabelerPass(shape, state.parameters, targets: targets, settings: settings)
            : BottleneckPass(shape, state.parameters, texts: texts, settings: settings)
    }

    /// Takes the step.
    ///
    /// - Parameter parts: of the batch's chunks, in their order.
    public mutating func descend(_ work: Work, _ parts: [HeadSums], count: Int) -> Step {
        precondition(work.step == state.step && !parts.isEmpty, "\(parts.count) sums of step \(work.step)")
        var sums = parts[0]
        for part in parts.dropFirst() { sums.add(part) }
        let gradient = work.pass.gradient(of: sums, count: count)
        state.descend(gradient, rate: settings.rate(at: state.step, of: steps))
        return Step(loss: sums.loss / Double(count), accuracy: Double(sums.hits) / Double(count))
    }
}
