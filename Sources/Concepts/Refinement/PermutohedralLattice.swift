import CKernels
import Inference

/// A Gaussian filter over scattered points of 2 or 5 dimensions, by splatting them onto the permutohedral lattice, blurring
/// there and slicing back (Adams, Baek and Davis 2010). Approximate: within a few per cent of the kernel
/// `exp(−|a − b|² / 2)` once both sides are divided by their filtered ones.
///
/// Values, down to the order of additions, are those of the C++ core of SimpleCRF 0.2.1.1, whatever the kernel set.
/// ``enclose`` is called once for a set of points, and again for another with the same memory. Belongs to one thread.
final class PermutohedralLattice: GaussianFilter {
    static let lanes = 16
    /// Blocks whose features are in memory at once.
    private static let chunk = 16

    private let dimensions: Int
    private let kernels: entente_kernels
    /// Of Adams, Baek and Davis; a constant that no mask depends on but for rounding, since both sides of a norm have it.
    private let scale: Float
    /// Lattice points.
    private(set) var size = 0
    private var blocks = 0
    private var lattice = entente_lattice()

    /// `[blocks, dimensions + 1, 16]`: the lattice points around a point, and its barycentric weights among them.
    private let corners = GrowingBuffer<Int32>()
    private let weights = GrowingBuffer<Float>()
    /// `[dimensions + 1, lattice points + 1]`: neighbours along each direction; 0 stands for none.
    private let next = GrowingBuffer<Int32>()
    private let previous = GrowingBuffer<Int32>()
    /// Of lattice points, with number 0 for the one that is not there.
    private var sums = GrowingBuffer<Float>()
    private var blurred = GrowingBuffer<Float>()

    private let features = GrowingBuffer<Float>()
    private let cornerKeys = GrowingBuffer<UInt64>()
    private var keys = GrowingBuffer<UInt64>()
    private var spareKeys = GrowingBuffer<UInt64>()
    private let slots = GrowingBuffer<Int32>()
    private let numbers = GrowingBuffer<Int32>()
    private let places = GrowingBuffer<Int32>()

    /// - Parameter dimensions: 2 or 5.
    init(dimensions: Int, kernels: entente_kernels = RowKernels.current) {
        precondition(dimensions == 2 || dimensions == 5, "\(dimensions) dimensions")
        self.dimensions = dimensions
        self.kernels = kernels
        scale = 1 / (1 + 1 / Float(1 << dimensions))
    }

    /// Lays the lattice around points.
    ///
    /// - Parameters:
    ///   - reach: `[dimensions]`, the largest value of each feature, in units of the kernel's standard deviation; the
    ///     smallest is 0. Magnitudes up to 32,000 on the lattice, as with 4,096 pixels and widths from 1 on.
    ///   - write: writes the features of some points: point p's feature f goes to `[f * plane + p - points.lowerBound]`.
    func enclose(
        points count: Int, reach: [Float],
        _ write: (_ points: Range<Int>, _ features: UnsafeMutablePointer<Float>, _ plane: Int) -> Void
    ) {
        let corner = dimensions + 1
        let bits = layOut(reach)
        blocks = (count + Self.lanes - 1) / Self.lanes
        // SimpleCRF takes points four at a time and fills up the last four with zeros, whose corners count as lattice points.
        let padded = (count + 3) / 4 * 4
        let plane = Self.chunk * Self.lanes
        let features = features.room(for: dimensions * plane)
        let cornerKeys = cornerKeys.room(for: corner * plane)
        let corners = corners.room(for: blocks * corner * Self.lanes)
        let weights = weights.room(for: blocks * corner * Self.lanes)
        var table = emptyTable(slotBits: 15)
        for start in stride(from: 0, to: blocks, by: Self.chunk) {
            let end = min(start + Self.chunk, blocks)
            let points = start * Self.lanes..<min(end * Self.lanes, count)
            write(points, features, plane)
            for feature in 0..<dimensions {
                let own = features + feature * plane
                for place in points.count..<max((end - start) * Self.lanes, points.count) {
                    // Beyond the library's zeros nothing may come to be: these lanes repeat the last point.
                    own[place] = points.lowerBound + place < padded ? 0 : own[place - 1]
                }
            }
            kernels.enclose(
                &lattice, features, plane, end - start, cornerKeys, weights + start * corner * Self.lanes)
            let found = (end - start) * corner * Self.lanes
            while entente_lattice_number(&table, cornerKeys, found, corners + start * corner * Self.lanes) == 0 {
                grow(&table)
            }
        }
        size = table.filled
        renumber(&table, bits: bits, corners)
        let next = next.room(for: corner * (size + 1))
        let previous = previous.room(for: corner * (size + 1))
        entente_lattice_neighbours(&lattice, table.keys, size, next, previous)
        _ = sums.filled(size + 1, with: 0)
        _ = blurred.filled(size + 1, with: 0)
    }

    func splat(_ channel: UnsafePointer<Float>, blocks range: Range<Int>) {
        let start = range.lowerBound * (dimensions + 1) * Self.lanes
        entente_lattice_splat(
            channel, corners.base + start, weights.base + start, dimensions + 1, range.count,
            sums.base)
    }

    func blur() {
        let (next, previous) = (next.base, previous.base)
        for direction in 0...dimensions {
            let start = direction * (size + 1)
            kernels.blur(sums.base, next + start, previous + start, size, blurred.base)
            swap(&sums, &blurred)
        }
        swap(&sums, &blurred)
        _ = sums.filled(size + 1, with: 0)
    }

    func slice(_ out: UnsafeMutablePointer<Float>, blocks range: Range<Int>) {
        let start = range.lowerBound * (dimensions + 1) * Self.lanes
        kernels.slice(
            blurred.base, corners.base + start, weights.base + start, dimensions + 1, scale,
            range.count, out)
    }

    /// Chooses how keys are put together.
    ///
    /// - Returns: the bits that a key takes.
    private func layOut(_ reach: [Float]) -> Int {
        precondition(reach.count == dimensions, "\(reach.count) bounds for \(dimensions) dimensions")
        let corner = dimensions + 1
        // The variance that splatting, the blur of 1-2-1 and slicing have together, brought to 1.
        let deviation = Float((2.0 / 3.0).squareRoot() * Double(corner))
        let scales = (0..<dimensions).map { Float(1 / Double(($0 + 1) * ($0 + 2)).squareRoot() * Double(deviation)) }
        let spans = zip(reach, scales).map { Double($0) * Double($1) }
        lattice.dimensions = Int32(dimensions)
        var (span, origin) = (UInt64(1), UInt64(0))
        withUnsafeMutableBytes(of: &lattice.scales) { $0.copyBytes(from: scales.withUnsafeBytes(Array.init)) }
        withUnsafeMutableBytes(of: &lattice.steps) { bytes in
            let steps = bytes.bindMemory(to: UInt64.self)
            steps[dimensions] = 0
            for axis in (0..<dimensions).reversed() {
                // A coordinate is what the features behind it add up to, less its own feature as often as there are features
                // before it; corners and neighbours are up to two quotients on.
                let most = spans[axis...].reduce(0, +) / Double(corner)
                let least = axis == 0 ? 0 : -Double(axis) * spans[axis - 1] / Double(corner)
                let low = Int(least.rounded(.down)) - 4
                let range = UInt64(Int(most.rounded(.up)) + 4 - low)
                steps[axis] = span
                origin &+= UInt64(bitPattern: Int64(-low)) &* span
                span = product(span, range)
            }
        }
        (lattice.origin, lattice.span) = (origin, span)
        return UInt64.bitWidth - product(span, UInt64(corner)).leadingZeroBitCount
    }

    private func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (product, hasOverflown) = a.multipliedReportingOverflow(by: b)
        precondition(!hasOverflown && product < 1 << 63, "features that reach too far for a lattice's keys")
        return product
    }

    private func emptyTable(slotBits: Int) -> entente_key_table {
        entente_key_table(
            keys: keys.room(for: 1 << (slotBits - 1) + 2), slots: slots.filled(1 << slotBits, with: 0),
            slot_bits: Int32(slotBits), filled: 0)
    }

    private func grow(_ table: inout entente_key_table) {
        table.slot_bits += 2
        let known = spareKeys.room(for: 1 << (table.slot_bits - 1) + 2)
        known.update(from: table.keys, count: table.filled + 1)
        swap(&keys, &spareKeys)
        table.keys = known
        table.slots = slots.room(for: 1 << Int(table.slot_bits))
        entente_lattice_rehash(&table)
    }

    /// Puts lattice points into an order in which neighbours of neighbours are neighbours: blurring then runs along memory.
    private func renumber(_ table: inout entente_key_table, bits: Int, _ corners: UnsafeMutablePointer<Int32>) {
        let places = places.room(for: size + 1)
        entente_lattice_sort(
            &table, Int32(bits), spareKeys.room(for: size), numbers.room(for: 2 * size), places)
        for index in 0..<blocks * (dimensions + 1) * Self.lanes { corners[index] = places[Int(corners[index])] }
    }
}
