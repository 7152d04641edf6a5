/// A Gaussian filter over scattered points of a few dimensions, by splatting them onto the permutohedral lattice,
/// blurring there and slicing back (Adams, Baek and Davis 2010). Approximate: within a few per cent of the kernel
/// `exp(−|a − b|² / 2)` once both sides are divided by their filtered ones.
///
/// Built once for a set of points; then filters any number of channels without allocating anything but their result.
struct PermutohedralLattice {
    private let dimensions: Int
    private let points: Int
    /// `[points, dimensions + 1]`: the lattice points around a point, and its barycentric weights among them.
    private let corners: [Int32]
    private let weights: [Float]
    /// `[dimensions + 1][lattice points]`: both neighbours along a direction; 0 stands for none.
    private let neighbours: [[(Int32, Int32)]]
    /// Lattice points, with number 0 for the one that is not there.
    private let size: Int

    /// Lattice coordinates are packed into this many bits each.
    private static let bits = 12

    /// - Parameters:
    ///   - features: `[points, dimensions]`, in units of the kernel's standard deviation; below about 100 in magnitude.
    ///   - dimensions: 1 to 5.
    init(features: [Float], dimensions: Int) {
        precondition(1...5 ~= dimensions && features.count.isMultiple(of: dimensions))
        self.dimensions = dimensions
        points = features.count / dimensions
        let corner = dimensions + 1

        var table = KeyTable()
        var corners = [Int32](repeating: 0, count: points * corner)
        var weights = [Float](repeating: 0, count: points * corner)
        var simplex = Simplex(dimensions: dimensions)
        defer { simplex.deallocate() }
        // Neighbouring points mostly lie in one simplex.
        var lastKeys = [UInt64](repeating: .max, count: corner)
        var lastNumbers = [Int32](repeating: 0, count: corner)
        let count = points
        features.withUnsafeBufferPointer { features in
            for point in 0..<count {
                simplex.enclose(features, from: point * dimensions)
                for remainder in 0..<corner {
                    let key = simplex.key(remainder)
                    if key != lastKeys[remainder] {
                        lastKeys[remainder] = key
                        lastNumbers[remainder] = table.number(key)
                    }
                    corners[point * corner + remainder] = lastNumbers[remainder]
                    weights[point * corner + remainder] = simplex.weight(remainder)
                }
            }
        }
        self.corners = corners
        self.weights = weights
        size = table.keys.count + 1
        neighbours = (0..<corner).map { table.neighbours(along: $0, dimensions) }
    }

    /// The filtered channel, up to a constant factor that is the same for all channels.
    ///
    /// - Parameter channel: one value a point.
    func filtered(_ channel: [Float]) -> [Float] {
        precondition(channel.count == points, "\(channel.count) values for \(points) points")
        let corner = dimensions + 1
        var values = [Float](repeating: 0, count: size)
        var blurred = values
        values.withUnsafeMutableBufferPointer { values in
            for point in 0..<points {
                for index in point * corner..<(point + 1) * corner {
                    values[Int(corners[index])] += weights[index] * channel[point]
                }
            }
        }
        for direction in neighbours {
            direction.withUnsafeBufferPointer { direction in
                values.withUnsafeBufferPointer { values in
                    blurred.withUnsafeMutableBufferPointer { blurred in
                        for number in 1..<size {
                            let (next, previous) = direction[number]
                            blurred[number] = values[number] + 0.5 * (values[Int(next)] + values[Int(previous)])
                        }
                    }
                }
            }
            swap(&values, &blurred)
        }
        return values.withUnsafeBufferPointer { values in
            (0..<points).map { point in
                var sum: Float = 0
                for index in point * corner..<(point + 1) * corner {
                    sum += weights[index] * values[Int(corners[index])]
                }
                return sum
            }
        }
    }

    /// The simplex of the lattice around one point after the other.
    private struct Simplex {
        private let dimensions: Int
        private let scales: [Float]
        private let elevated: UnsafeMutablePointer<Float>
        private let barycentric: UnsafeMutablePointer<Float>
        private let origin: UnsafeMutablePointer<Int>
        private let rank: UnsafeMutablePointer<Int>

        init(dimensions: Int) {
            self.dimensions = dimensions
            let corner = dimensions + 1
            // The variance that splatting, the blur of 1-2-1 and slicing have together, brought to 1.
            scales = (0..<dimensions).map { axis in
                Float(2.0 / 3.0).squareRoot() * Float(corner) / Float((axis + 1) * (axis + 2)).squareRoot()
            }
            elevated = .allocate(capacity: corner)
            barycentric = .allocate(capacity: corner + 1)
            origin = .allocate(capacity: corner)
            rank = .allocate(capacity: corner)
        }

        func deallocate() {
            elevated.deallocate()
            barycentric.deallocate()
            origin.deallocate()
            rank.deallocate()
        }

        mutating func enclose(_ features: UnsafeBufferPointer<Float>, from start: Int) {
            let corner = dimensions + 1
            // Onto the hyperplane of coordinates that sum to 0.
            var sum: Float = 0
            for axis in stride(from: dimensions, to: 0, by: -1) {
                let value = features[start + axis - 1] * scales[axis - 1]
                elevated[axis] = sum - Float(axis) * value
                sum += value
            }
            elevated[0] = sum
            // The nearest lattice point of remainder 0, and from the residues the simplex around the point.
            var excess = 0
            for axis in 0..<corner {
                let multiple = Self.nearest(elevated[axis] / Float(corner))
                origin[axis] = multiple * corner
                excess += multiple
                rank[axis] = 0
            }
            for axis in 0..<dimensions {
                let residue = elevated[axis] - Float(origin[axis])
                for other in axis + 1..<corner {
                    if residue < elevated[other] - Float(origin[other]) { rank[axis] += 1 } else { rank[other] += 1 }
                }
            }
            for axis in 0..<corner {
                rank[axis] += excess
                if rank[axis] < 0 {
                    rank[axis] += corner
                    origin[axis] += corner
                } else if rank[axis] > dimensions {
                    rank[axis] -= corner
                    origin[axis] -= corner
                }
            }
            for index in 0...corner { barycentric[index] = 0 }
            for axis in 0..<corner {
                let share = (elevated[axis] - Float(origin[axis])) / Float(corner)
                barycentric[dimensions - rank[axis]] += share
                barycentric[corner - rank[axis]] -= share
            }
            barycentric[0] += 1 + barycentric[corner]
        }

        /// The corner of a remainder, as a key.
        func key(_ remainder: Int) -> UInt64 {
            var key: UInt64 = 0
            for axis in 0..<dimensions {
                let offset = rank[axis] <= dimensions - remainder ? remainder : remainder - dimensions - 1
                key = key << UInt64(PermutohedralLattice.bits) | PermutohedralLattice.packed(origin[axis] + offset)
            }
            return key
        }

        func weight(_ remainder: Int) -> Float { barycentric[remainder] }

        /// The nearest whole number, without a call into the C library.
        private static func nearest(_ value: Float) -> Int {
            let shifted = value + 0.5
            let truncated = Int(shifted)
            return Float(truncated) > shifted ? truncated - 1 : truncated
        }
    }

    private static func packed(_ coordinate: Int) -> UInt64 {
        UInt64(truncatingIfNeeded: coordinate + 1 << (bits - 1)) & (1 << UInt64(bits) - 1)
    }

    /// The key of the next lattice point along a direction: `dimensions` on along it, and back by 1 along the others.
    private static func next(_ key: UInt64, along direction: Int, _ dimensions: Int) -> UInt64 {
        var result: UInt64 = 0
        for axis in 0..<dimensions {
            let coordinate = key >> UInt64(bits * (dimensions - 1 - axis)) & (1 << UInt64(bits) - 1)
            let step: UInt64 = axis == direction ? UInt64(dimensions) : 1 << UInt64(bits) - 1
            result = result << UInt64(bits) | (coordinate &+ step) & (1 << UInt64(bits) - 1)
        }
        return result
    }

    /// Numbers keys from 1 in the order in which they come: open addressing, so that numbers depend on nothing else.
    private struct KeyTable {
        private(set) var keys: [UInt64] = []
        private var slots = [Int32](repeating: 0, count: 1 << 16)

        mutating func number(_ key: UInt64) -> Int32 {
            if 2 * keys.count >= slots.count { grow() }
            let slot = slot(of: key)
            if slots[slot] == 0 {
                keys.append(key)
                slots[slot] = Int32(keys.count)
            }
            return slots[slot]
        }

        /// For each number, beginning with 0 for what is not there, its next and its previous one along a direction.
        func neighbours(along direction: Int, _ dimensions: Int) -> [(Int32, Int32)] {
            var found = [(Int32, Int32)](repeating: (0, 0), count: keys.count + 1)
            for (index, key) in keys.enumerated() {
                let next = slots[slot(of: PermutohedralLattice.next(key, along: direction, dimensions))]
                guard next > 0 else { continue }
                found[index + 1].0 = next
                found[Int(next)].1 = Int32(index + 1)
            }
            return found
        }

        /// Where a key is, or would be.
        private func slot(of key: UInt64) -> Int {
            let mask = slots.count - 1
            var slot = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
            return slots.withUnsafeBufferPointer { slots in
                keys.withUnsafeBufferPointer { keys in
                    while slots[slot] != 0, keys[Int(slots[slot]) - 1] != key { slot = (slot + 1) & mask }
                    return slot
                }
            }
        }

        private mutating func grow() {
            slots = .init(repeating: 0, count: 4 * slots.count)
            for (index, key) in keys.enumerated() { slots[slot(of: key)] = Int32(index + 1) }
        }
    }
}
