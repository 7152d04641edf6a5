/// A head while it is trained: its numbers, Adam's two moments of each, and how many steps are done. With the settings it is all that
/// the next step depends on.
public struct HeadState: Sendable, Equatable {
    public internal(set) var step: Int
    public internal(set) var parameters: [Double]
    public internal(set) var moments: [Double]
    public internal(set) var squares: [Double]

    public init(step: Int, parameters: [Double], moments: [Double], squares: [Double]) {
        precondition(
            parameters.count == moments.count && parameters.count == squares.count,
            "\(parameters.count) numbers, \(moments.count) and \(squares.count) moments")
        self.step = step
        self.parameters = parameters
        self.moments = moments
        self.squares = squares
    }

    /// Before the first step: every number uniform within 1/√(inputs that its output sums over), each tensor by its own generator.
    public init(_ shape: HeadShape, seed: Int) {
        let parameters = shape.tensors.enumerated().flatMap { number, tensor in
            var generator = HeadDraws.generator(seed, .start, number)
            let bound = 1 / Double(tensor.fan).squareRoot()
            return tensor.range.map { _ in (2 * generator.uniform() - 1) * bound }
        }
        let zeros = [Double](repeating: 0, count: shape.count)
        self.init(step: 0, parameters: parameters, moments: zeros, squares: zeros)
    }

    private static let decay = (moments: 0.9, squares: 0.999)
    private static let epsilon = 1e-8

    /// One step of Adam.
    mutating func descend(_ gradient: [Double], rate: Double) {
        step += 1
        let corrections = (
            1 - Self.power(Self.decay.moments, step), (1 - Self.power(Self.decay.squares, step)).squareRoot()
        )
        for index in gradient.indices {
            moments[index] += (1 - Self.decay.moments) * (gradient[index] - moments[index])
            squares[index] =
                Self.decay.squares * squares[index] + (1 - Self.decay.squares) * gradient[index] * gradient[index]
            let length = squares[index].squareRoot() / corrections.1 + Self.epsilon
            parameters[index] -= rate / corrections.0 * moments[index] / length
        }
    }

    private static func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, factor, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return result
    }
}
