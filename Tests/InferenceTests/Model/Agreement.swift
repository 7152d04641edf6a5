import Testing

@testable import Inference

/// How near a matrix is to the reference's: the bounds of docs/method.md §19.2 are a cosine of 0.99999 for every row and differences of at
/// most 1e-4 of the largest magnitude.
struct Agreement: CustomStringConvertible {
    let cosine: Double
    let difference: Double

    init(_ actual: Matrix, _ expected: Matrix) throws {
        try #require(actual.rows == expected.rows && actual.columns == expected.columns)
        let largest = try #require(expected.elements.map { abs(Double($0)) }.max())
        try #require(largest > 0.1, "an expectation near zero proves nothing")
        difference =
            zip(actual.elements, expected.elements).map { abs(Double($0) - Double($1)) }.max()! / largest
        cosine =
            (0..<actual.rows).map { row in
                let (a, b) = (actual.row(row).map(Double.init), expected.row(row).map(Double.init))
                func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
                return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
            }.min()!
    }

    var holds: Bool { cosine >= 0.99999 && difference <= 1e-4 }

    var description: String { "cosine \(cosine), difference \(difference) of the largest magnitude" }
}
