/// Regions of patches that attend alike: density-based clusters of the rows of a correlation map (CLIPtrase, docs/dense.md §2.9).
public struct PatchClusters: Sendable {
    /// Rows nearer than this, by Euclid, are neighbours.
    let radius: Float
    /// Neighbours, itself among them, from which on a row is the core of a cluster.
    let minimum: Int

    /// The repository's, for 224 and for 336 pixels of 16 to a patch; grids between go with the nearer one.
    public static func forGrid(side: Int) -> PatchClusters {
        side < 18 ? PatchClusters(radius: 0.7, minimum: 3) : PatchClusters(radius: 1.1, minimum: 7)
    }

    /// The cluster of each row, numbered from 0 on in the order of their first core; -1 for rows that belong to none. A row
    /// within reach of several clusters goes to the first.
    ///
    /// - Parameter correlation: `[n, n]`.
    /// - Complexity: O(n³).
    public func labels(of correlation: Matrix) -> [Int] {
        let near = neighbours(correlation)
        var labels = [Int](repeating: -1, count: correlation.rows)
        var next = 0
        for row in labels.indices where labels[row] < 0 && near[row].count >= minimum {
            var open = [row]
            while let member = open.popLast() {
                guard labels[member] < 0 else { continue }
                labels[member] = next
                if near[member].count >= minimum { open += near[member] }
            }
            next += 1
        }
        return labels
    }

    private func neighbours(_ correlation: Matrix) -> [[Int]] {
        let products = SymmetricEigen.gram(
            correlation.elements.map(Double.init), rows: correlation.rows, columns: correlation.columns)
        let (count, limit) = (correlation.rows, Double(radius) * Double(radius))
        return (0..<count).map { a in
            (0..<count).filter { b in
                products[a * count + a] + products[b * count + b] - 2 * products[a * count + b] <= limit
            }
        }
    }

    /// For each cluster the mean of its members' rows, `[clusters, n]`: how much each patch belongs to it.
    public static func maps(of correlation: Matrix, labels: [Int]) -> Matrix {
        let clusters = (labels.max() ?? -1) + 1
        var maps = Matrix(rows: clusters, columns: correlation.columns)
        var counts = [Float](repeating: 0, count: clusters)
        for (row, label) in labels.enumerated() where label >= 0 {
            counts[label] += 1
            for column in 0..<maps.columns { maps[label, column] += correlation[row, column] }
        }
        for label in 0..<clusters {
            for column in 0..<maps.columns { maps[label, column] /= counts[label] }
        }
        return maps
    }
}
