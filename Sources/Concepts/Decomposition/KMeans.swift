/// Euclidean K-means on the foreground patches (docs/method.md §7.2).
///
/// In double and in one fixed order of additions, so that labels don't depend on the CPU.
struct KMeans {
    /// Stop when the squared sum of the centres' moves falls below this.
    static let tolerance = 1e-4
    static let iterationLimit = 500

    /// `[count, width]`.
    private let rows: [Double]
    private let count: Int
    private let width: Int

    init(rows: [Double], count: Int, width: Int) {
        precondition(rows.count == count * width, "\(rows.count) values for \(count) rows of \(width)")
        self.rows = rows
        self.count = count
        self.width = width
    }

    /// A cluster a row, clusters numbered by first occurrence; `initial` are the rows that the centres start from.
    ///
    /// The labels are those of the last assignment, before the centres' last move, as in the released code. A
    /// cluster that loses all its rows gets the row farthest from its own centre, out of the clusters that can spare
    /// one; it stays empty when every row coincides with its centre.
    func labels(initial: [Int]) -> [Int] {
        var centres = initial.flatMap { rows[$0 * width..<($0 + 1) * width] }
        let clusters = initial.count
        var labels = [Int](repeating: 0, count: count)
        for _ in 0..<Self.iterationLimit {
            assign(to: centres, clusters: clusters, labels: &labels)
            let moved = means(of: labels, clusters: clusters, keeping: centres)
            var shift = 0.0
            for cluster in 0..<clusters {
                shift += Self.squaredDistance(
                    moved, cluster * width, centres, cluster * width, width
                ).squareRoot()
            }
            centres = moved
            if shift * shift < Self.tolerance { break }
        }
        return Self.renumbered(labels)
    }

    /// Nearest centre of every row, the lowest of equals; then fills empty clusters.
    private func assign(to centres: [Double], clusters: Int, labels: inout [Int]) {
        var distances = [Double](repeating: 0, count: count)
        var sizes = [Int](repeating: 0, count: clusters)
        for row in 0..<count {
            var best = Double.infinity
            for cluster in 0..<clusters {
                let distance = Self.squaredDistance(rows, row * width, centres, cluster * width, width)
                if distance < best {
                    best = distance
                    labels[row] = cluster
                }
            }
            distances[row] = best
            sizes[labels[row]] += 1
        }
        for cluster in 0..<clusters where sizes[cluster] == 0 {
            var farthest: Int?
            for row in 0..<count where sizes[labels[row]] > 1 && distances[row] > 0 {
                if distances[row] > farthest.map({ distances[$0] }) ?? 0 { farthest = row }
            }
            guard let farthest else { continue }
            sizes[labels[farthest]] -= 1
            labels[farthest] = cluster
            sizes[cluster] = 1
            distances[farthest] = 0
        }
    }

    private func means(of labels: [Int], clusters: Int, keeping centres: [Double]) -> [Double] {
        var sums = [Double](repeating: 0, count: clusters * width)
        var sizes = [Int](repeating: 0, count: clusters)
        for row in 0..<count {
            let base = labels[row] * width
            sizes[labels[row]] += 1
            for column in 0..<width { sums[base + column] += rows[row * width + column] }
        }
        for cluster in 0..<clusters {
            for index in cluster * width..<(cluster + 1) * width {
                sums[index] = sizes[cluster] == 0 ? centres[index] : sums[index] / Double(sizes[cluster])
            }
        }
        return sums
    }

    static func renumbered(_ labels: [Int]) -> [Int] {
        var numbers = [Int: Int]()
        return labels.map { label in
            let number = numbers[label] ?? numbers.count
            numbers[label] = number
            return number
        }
    }

    private static func squaredDistance(
        _ a: [Double], _ aStart: Int, _ b: [Double], _ bStart: Int, _ width: Int
    ) -> Double {
        a.withUnsafeBytes { a in
            b.withUnsafeBytes { b in
                let stride = MemoryLayout<Double>.stride
                var (first, second) = (SIMD4<Double>(), SIMD4<Double>())
                var column = 0
                while column + 8 <= width {
                    let (p, q) = ((aStart + column) * stride, (bStart + column) * stride)
                    let x =
                        a.loadUnaligned(fromByteOffset: p, as: SIMD4<Double>.self)
                        - b.loadUnaligned(fromByteOffset: q, as: SIMD4<Double>.self)
                    let y =
                        a.loadUnaligned(fromByteOffset: p + 4 * stride, as: SIMD4<Double>.self)
                        - b.loadUnaligned(fromByteOffset: q + 4 * stride, as: SIMD4<Double>.self)
                    first += x * x
                    second += y * y
                    column += 8
                }
                var sum = (first + second).sum()
                while column < width {
                    let difference =
                        a.load(fromByteOffset: (aStart + column) * stride, as: Double.self)
                        - b.load(fromByteOffset: (bStart + column) * stride, as: Double.self)
                    sum += difference * difference
                    column += 1
                }
                return sum
            }
        }
    }
}
