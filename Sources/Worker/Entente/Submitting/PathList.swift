/// Paths in one buffer, for lists of millions.
struct PathList {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    var count: Int { ends.count }

    subscript(_ index: Int) -> ArraySlice<UInt8> { bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]] }

    mutating func append(_ path: some Sequence<UInt8>) {
        bytes.append(contentsOf: path)
        ends.append(bytes.count)
    }

    /// The places of the paths in the order of their bytes.
    func sortedPlaces() -> [Int] {
        bytes.withUnsafeBufferPointer { buffer in
            func path(_ index: Int) -> Slice<UnsafeBufferPointer<UInt8>> {
                buffer[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
            }
            return (0..<count).sorted { path($0).lexicographicallyPrecedes(path($1)) }
        }
    }
}
