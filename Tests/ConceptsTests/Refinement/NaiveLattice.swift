@testable import Concepts

/// The permutohedral lattice written down plainly: coordinates as they are, a dictionary, one point at a time.
struct NaiveLattice {
    private struct Corner {
        let key: [Int]
        let weight: Float
    }

    let dimensions: Int
    private let points: [[Corner]]
    private var keys: Set<[Int]> = []

    /// - Parameter features: `[points][dimensions]`.
    init(_ features: [[Float]], dimensions: Int) {
        self.dimensions = dimensions
        points = features.map { Self.corners(of: $0) }
        // What the library fills up its last four points with.
        let filling = features.count.isMultiple(of: 4) ? [] : Self.corners(of: .init(repeating: 0, count: dimensions))
        for corner in points.joined() { keys.insert(corner.key) }
        for corner in filling { keys.insert(corner.key) }
    }

    var size: Int { keys.count }

    func filtered(_ channel: [Float]) -> [Float] {
        var values: [[Int]: Float] = [:]
        for (corners, value) in zip(points, channel) {
            for corner in corners { values[corner.key, default: 0] += corner.weight * value }
        }
        for direction in 0...dimensions {
            let old = values
            for key in keys {
                func neighbour(_ sign: Int) -> Float {
                    old[key.indices.map { key[$0] + sign * ($0 == direction ? dimensions : -1) }] ?? 0
                }
                values[key] = (old[key] ?? 0) + 0.5 * (neighbour(1) + neighbour(-1))
            }
        }
        // Neighbours that are no lattice points here have got nothing: only keys are written.
        let scale = 1 / (1 + 1 / Float(1 << dimensions))
        return points.map { corners in
            corners.reduce(Float(0)) { $0 + $1.weight * (values[$1.key] ?? 0) * scale }
        }
    }

    /// The simplex around a point: its corners by remainder.
    private static func corners(of feature: [Float]) -> [Corner] {
        let dimensions = feature.count
        let count = dimensions + 1
        let deviation = Float((2.0 / 3.0).squareRoot() * Double(count))
        var elevated = [Float](repeating: 0, count: count)
        var sum: Float = 0
        for axis in stride(from: dimensions, to: 0, by: -1) {
            let scale = Float(1 / Double(axis * (axis + 1)).squareRoot() * Double(deviation))
            let value = feature[axis - 1] * scale
            elevated[axis] = sum - Float(axis) * value
            sum += value
        }
        elevated[0] = sum
        let inverse = 1 / Float(count)
        var origin = elevated.map { Int(($0 * inverse).rounded(.toNearestOrEven)) * count }
        let excess = origin.reduce(0, +) / count
        // From the largest residue down, equal ones in order.
        let order = (0..<count).sorted {
            let (a, b) = (elevated[$0] - Float(origin[$0]), elevated[$1] - Float(origin[$1]))
            return a > b || a == b && $0 < $1
        }
        var rank = [Int](repeating: 0, count: count)
        for (place, axis) in order.enumerated() {
            rank[axis] = place + excess
            if rank[axis] < 0 { (rank[axis], origin[axis]) = (rank[axis] + count, origin[axis] + count) }
            if rank[axis] > dimensions { (rank[axis], origin[axis]) = (rank[axis] - count, origin[axis] - count) }
        }
        var share = [Float](repeating: 0, count: count)
        for axis in 0..<count { share[rank[axis]] = (elevated[axis] - Float(origin[axis])) * inverse }
        return (0..<count).map { remainder in
            let weight =
                remainder == 0
                ? share[dimensions] + (1 - share[0]) : share[dimensions - remainder] - share[count - remainder]
            let key = (0..<count).map {
                origin[$0] + (rank[$0] <= dimensions - remainder ? remainder : remainder - count)
            }
            return Corner(key: key, weight: weight)
        }
    }
}
