extension StoredTensor {
    /// Bytes that are handed on at a time, a multiple of every element's size.
    private static let pieceSize = 1 << 20

    /// Hands out the elements in row-major order, piece by piece; a tensor without elements has no piece.
    ///
    /// - Parameters:
    ///   - file: the bytes of the whole file.
    ///   - body: gets bytes that are there during the call only.
    func forEachPiece<Failure>(
        in file: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let width = storage.dtype.size
        let numbers = UnsafeRawBufferPointer(rebasing: file[storage.range])
        if isContiguous {
            var (next, end) = (offset * width, offset * width + size)
            // Of no elements, wherever they would be.
            if size == 0 { (next, end) = (0, 0) }
            while next < end {
                let stop = min(next + Self.pieceSize, end)
                try body(UnsafeRawBufferPointer(rebasing: numbers[next..<stop]))
                next = stop
            }
            return
        }
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 16)
        defer { piece.deallocate() }
        var filled = 0
        var place = [Int](repeating: 0, count: shape.count)
        var source = offset
        for _ in 0..<count {
            let from = UnsafeRawBufferPointer(rebasing: numbers[source * width..<(source + 1) * width])
            UnsafeMutableRawBufferPointer(rebasing: piece[filled..<filled + width]).copyMemory(from: from)
            filled += width
            if filled == Self.pieceSize {
                try body(UnsafeRawBufferPointer(piece))
                filled = 0
            }
            // To the next element, as an odometer goes on.
            for axis in place.indices.reversed() {
                place[axis] += 1
                source += strides[axis]
                guard place[axis] == shape[axis] else { break }
                source -= strides[axis] * shape[axis]
                place[axis] = 0
            }
        }
        if filled > 0 { try body(UnsafeRawBufferPointer(rebasing: piece[..<filled])) }
    }
}
