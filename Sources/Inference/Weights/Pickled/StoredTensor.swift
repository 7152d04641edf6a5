/// A tensor as a view of a storage: element (i, j, …) is number `offset + i × strides[0] + j × strides[1] + …` of it.
struct StoredTensor {
    let storage: TensorStorage
    let offset: Int
    /// Extents, outermost first; empty for a scalar.
    let shape: [Int]
    let strides: [Int]
    /// Elements.
    let count: Int

    /// As PyTorch allows.
    private static let mostExtents = 64

    /// - Throws: ``CheckpointFault`` for a view that is impossible or reaches out of its storage.
    init(_ storage: TensorStorage, offset: Int, shape: [Int], strides: [Int]) throws(CheckpointFault) {
        func fault() -> CheckpointFault {
            CheckpointFault(
                damaged: "it holds a tensor of shape \(Self.shown(shape)), strides \(Self.shown(strides)) and offset "
                    + "\(offset) in a storage of \(storage.count) values")
        }
        guard shape.count == strides.count, shape.count <= Self.mostExtents, offset >= 0 else { throw fault() }
        var (count, last) = (1, offset)
        for (extent, stride) in zip(shape, strides) {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            // Room for an element's size, also before an extent of 0.
            guard extent >= 0, stride >= 0, !overflow, product <= Int.max / 8 else { throw fault() }
            count = product
            let (way, isTooFar) = max(extent - 1, 0).multipliedReportingOverflow(by: stride)
            let (sum, isTooLarge) = last.addingReportingOverflow(way)
            guard !isTooFar, !isTooLarge else { throw fault() }
            last = sum
        }
        // No element, no place that it would have to be at.
        guard count == 0 || last < storage.count else { throw fault() }
        self.storage = storage
        self.offset = offset
        self.shape = shape
        self.strides = strides
        self.count = count
    }

    /// Bytes of all elements, one behind the other.
    var size: Int { count * storage.dtype.size }

    /// Whether the elements lie one behind the other.
    var isContiguous: Bool {
        guard count > 0 else { return true }
        var expected = 1
        for (extent, stride) in zip(shape, strides).reversed() where extent != 1 {
            guard stride == expected else { return false }
            expected *= extent
        }
        return true
    }

    private static func shown(_ numbers: [Int]) -> String {
        "[" + numbers.prefix(8).map(String.init).joined(separator: ", ") + (numbers.count > 8 ? ", …]" : "]")
    }
}
