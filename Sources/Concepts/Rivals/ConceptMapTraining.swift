import Foundation
import Inference

/// The training of EZPC's map, a step over all pictures at a time (docs/rivals.md §7.1): to stay near the descriptors, and to have the
/// frozen model's say in the classes. Who calls it has the pictures' embeddings and the threads; what comes out depends on neither.
public struct ConceptMapTraining: Sendable {
    /// Pictures whose sums are made together, whatever the lanes: sums of doubles depend on their order.
    public static let chunk = 256

    /// The map of the lowest loss so far, `[D, e]`, as it was after the step that learnt of that loss: so the released code keeps it.
    public struct Best: Sendable, Equatable {
        public let loss: Double
        public let rows: [Double]

        public init(loss: Double, rows: [Double]) {
            self.loss = loss
            self.rows = rows
        }
    }

    public let settings: ConceptMapSettings
    /// How many there are.
    public let pictures: Int
    public private(set) var state: HeadState
    public private(set) var best: Best?
    /// Φ, `[D, e]`.
    private let descriptors: DoubleMatrix
    /// T, `[C, e]`.
    private let classes: DoubleMatrix

    /// - Parameters:
    ///   - descriptors: of the bank, `[D, e]`, in the descriptor template; brought to length 1 here, as the classes are.
    ///   - classes: `[C, e]`.
    ///   - state: where a run before ended, with its `best`; nil for the beginning.
    public init(
        descriptors: Matrix, classes: Matrix, settings: ConceptMapSettings, pictures: Int, state: HeadState? = nil,
        best: Best? = nil
    ) {
        self.descriptors = DoubleMatrix(descriptors.rowsNormalized())
        self.classes = DoubleMatrix(classes.rowsNormalized())
        self.settings = settings
        self.pictures = pictures
        let zeros = [Double](repeating: 0, count: self.descriptors.elements.count)
        self.state =
            state ?? HeadState(step: 0, parameters: self.descriptors.elements, moments: zeros, squares: zeros)
        self.best = best
        precondition(
            self.state.parameters.count == zeros.count && best.map { $0.rows.count == zeros.count } != false,
            "\(self.state.parameters.count) numbers for a map of [\(descriptors.rows), \(descriptors.columns)]")
    }

    public var isDone: Bool { state.step >= settings.epochs }

    /// What the lanes do of the next step.
    public struct Work: Sendable {
        let step: Int
        let classes: DoubleMatrix
        /// AAᵀTᵀ, `[e, C]`.
        let scores: DoubleMatrix

        /// Depends on these pictures alone.
        ///
        /// - Parameter images: `[b, e]`, not normalised.
        public func sums(of images: Matrix) -> ConceptMapSums {
            let images = DoubleMatrix(images.rowsNormalized())
            let own = DoubleMatrix(images.plain, times: classes.transposed)
            var errors = DoubleMatrix(images.plain, times: scores.plain)
            var (divergence, agreements) = (0.0, 0)
            for image in 0..<images.rows {
                let (said, mapped) = (own.row(image), Array(errors.row(image)))
                if Ranking.top(1, of: Array(said)) == Ranking.top(1, of: mapped) { agreements += 1 }
                let (p, q) = (Softmax.shares(said), Softmax.shares(mapped))
                let (logP, logQ) = (Softmax.logarithms(said), Softmax.logarithms(mapped))
                for index in p.indices {
                    divergence += p[index] * (logP[index] - logQ[index])
                    errors[image, index] = q[index] - p[index]
                }
            }
            return ConceptMapSums(
                divergence: divergence, agreements: agreements,
                errors: DoubleMatrix(images.transposed, times: errors.plain))
        }
    }

    /// The map as it is now, for the next step.
    public var work: Work {
        let rows = rows
        let said = DoubleMatrix(rows.plain, times: classes.transposed)
        return Work(
            step: state.step, classes: classes, scores: DoubleMatrix(rows.transposed, times: said.plain))
    }

    /// Aᵀ, `[D, e]`.
    private var rows: DoubleMatrix {
        DoubleMatrix(rows: descriptors.rows, columns: descriptors.columns, elements: state.parameters)
    }

    /// What one step was like, before it.
    public struct Step: Sendable {
        public let loss: Double
        /// Share of the pictures that have the frozen model's class.
        public let agreement: Double
    }

    /// Takes the step.
    ///
    /// - Parameter parts: of the chunks of all pictures, in their order.
    public mutating func descend(_ work: Work, _ parts: [ConceptMapSums]) -> Step {
        precondition(work.step == state.step && !parts.isEmpty, "\(parts.count) sums of step \(work.step)")
        var sums = parts[0]
        for part in parts.dropFirst() { sums.add(part) }
        let loss = loss(of: sums)
        state.descend(gradient(of: sums), rate: settings.rate)
        normalize()
        if loss < best?.loss ?? .infinity { best = Best(loss: loss, rows: state.parameters) }
        return Step(loss: loss, agreement: Double(sums.agreements) / Double(pictures))
    }

    func loss(of sums: ConceptMapSums) -> Double {
        let squares = zip(state.parameters, descriptors.elements).reduce(0.0) {
            $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
        }
        return squares / Double(state.parameters.count) + settings.weight * sums.divergence / Double(pictures)
    }

    /// By Aᵀ, `[D · e]`: 2(Aᵀ − Φ)/(De) + λAᵀ(M + Mᵀ), M = Vᵀ(Q − P)T/B.
    func gradient(of sums: ConceptMapSums) -> [Double] {
        let rows = rows
        let pull = DoubleMatrix(sums.errors.plain, times: classes.plain)
        var turned = DoubleMatrix(rows.plain, times: pull.plain)
        turned.add(rows.plain, times: pull.transposed)
        let (near, far) = (2 / Double(state.parameters.count), settings.weight / Double(pictures))
        return state.parameters.indices.map { index in
            near * (rows.elements[index] - descriptors.elements[index]) + far * turned.elements[index]
        }
    }

    /// Every descriptor's row back to length 1.
    private mutating func normalize() {
        let width = descriptors.columns
        for start in stride(from: 0, to: state.parameters.count, by: width) {
            let range = start..<start + width
            let length = state.parameters[range].reduce(0.0) { $0 + $1 * $1 }.squareRoot() + 1e-8
            for index in range { state.parameters[index] /= length }
        }
    }
}
