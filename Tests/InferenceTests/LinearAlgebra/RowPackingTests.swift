import Testing

@testable import Inference

/// Holds ``RowPacking`` against OpenBLAS itself: random shapes, on the kernel set in use.
@Suite struct RowPackingTests {
    @Test func rowsOfSharedProductsHaveTheBitsOfProductsOfTheirOwn() {
        var generator = SeededGenerator(seed: 3)
        let packing = RowPacking.current
        for _ in 0..<120 {
            let inner = Int.random(in: 1...700, using: &generator)
            let columns = Int.random(in: 1...500, using: &generator)
            let longest = Int.random(in: 1...90, using: &generator)
            var batch = RowLayout(packing: packing, capacity: 12)
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                batch.append(rows: Int.random(in: 1...longest, using: &generator))
            }
            let weights = generator.floats(inner * columns)
            let input = generator.floats(batch.totalRows * inner)
            let together = batch.product(input, weights, inner, columns)
            for item in batch.items {
                var single = RowLayout(packing: packing, capacity: 1)
                single.append(rows: item.rows)
                let rows = Array(input[item.start * inner..<(item.start + item.occupied) * inner])
                let alone = single.product(rows, weights, inner, columns)
                let start = item.start * columns
                #expect(
                    alone[..<(item.rows * columns)] == together[start..<start + item.rows * columns],
                    "\(BLAS.kernelSet): \(item) of \(batch.items.count), inner \(inner), columns \(columns)")
            }
        }
    }

    @Test func productsAreRight() {
        var generator = SeededGenerator(seed: 4)
        for (rows, inner, columns) in [(1, 1, 1), (5, 7, 3), (50, 33, 65), (13, 300, 600)] {
            var layout = RowLayout(packing: .current, capacity: 3)
            for _ in 0..<3 { layout.append(rows: rows) }
            let weights = generator.floats(inner * columns)
            let input = generator.floats(layout.totalRows * inner)
            let product = layout.product(input, weights, inner, columns)
            for row in 0..<layout.totalRows {
                for column in 0..<columns {
                    let exact = (0..<inner).reduce(0.0) {
                        $0 + Double(input[row * inner + $1]) * Double(weights[column * inner + $1])
                    }
                    #expect(
                        abs(exact - Double(product[row * columns + column])) < 1e-5 * Double(inner).squareRoot() * 4)
                }
            }
        }
    }

    @Test func itemsArePaddedAsTheKernelSetAsks() {
        let wide = RowPacking(kernelSet: "Cooperlake")
        #expect([1, 12, 13, 50].map(wide.occupied) == [12, 12, 13, 50])
        #expect(wide.mayShare(rows: 50, inner: 768, columns: 768))
        #expect(!wide.mayShare(rows: 17, inner: 32, columns: 96))
        let narrow = RowPacking(kernelSet: "Haswell")
        #expect([1, 12, 13, 50].map(narrow.occupied) == [12, 12, 24, 60])
        #expect(RowPacking(kernelSet: "SkylakeX").sharing && RowPacking(kernelSet: "Zen").sharing)
        let unknown = RowPacking(kernelSet: "NEOVERSEN1")
        #expect(!unknown.mayShare(rows: 1000, inner: 1000, columns: 1000))
        #expect(unknown.occupied(50) == 60)
    }

    @Test func layoutsAreRefilled() {
        var layout = RowLayout(packing: RowPacking(kernelSet: "Haswell"), capacity: 2)
        layout.append(rows: 50)
        layout.append(rows: 3)
        #expect(layout.items.map(\.start) == [0, 60] && layout.totalRows == 72)
        layout.removeAll()
        #expect(layout.items.isEmpty && layout.totalRows == 0)
    }
}

extension RowLayout {
    fileprivate func product(_ input: [Float], _ weights: [Float], _ inner: Int, _ columns: Int) -> [Float] {
        var out = [Float](repeating: .nan, count: totalRows * columns)
        out.withUnsafeMutableBufferPointer {
            multiply(input, by: weights, inner: inner, columns: columns, into: $0.baseAddress!)
        }
        return out
    }
}
