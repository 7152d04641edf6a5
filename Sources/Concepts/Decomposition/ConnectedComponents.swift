/// The 8-connected components of a grid, numbered in the order in which a raster scan meets them (docs/method.md §5.4).
struct ConnectedComponents {
    /// `[height, width]` raster: component number from 0, or -1 outside.
    let labels: [Int]
    /// Cells of each component.
    let sizes: [Int]

    init(of mask: [Bool], height: Int, width: Int) {
        precondition(mask.count == height * width, "\(mask.count) cells for a grid of \(height)×\(width)")
        var labels = [Int](repeating: -1, count: mask.count)
        var sizes = [Int]()
        var pending = [Int]()
        for start in mask.indices where mask[start] && labels[start] < 0 {
            let label = sizes.count
            var size = 0
            labels[start] = label
            pending.append(start)
            while let cell = pending.popLast() {
                size += 1
                let (row, column) = cell.quotientAndRemainder(dividingBy: width)
                for y in max(row - 1, 0)...min(row + 1, height - 1) {
                    for x in max(column - 1, 0)...min(column + 1, width - 1) {
                        let neighbour = y * width + x
                        guard mask[neighbour], labels[neighbour] < 0 else { continue }
                        labels[neighbour] = label
                        pending.append(neighbour)
                    }
                }
            }
            sizes.append(size)
        }
        self.labels = labels
        self.sizes = sizes
    }
}
