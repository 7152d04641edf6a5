import CPostgres

typealias CStrings = UnsafePointer<UnsafePointer<CChar>?>

/// `body` with a NULL-terminated array of C strings, valid only inside.
func withCStrings<R>(_ strings: [String], _ body: (CStrings) throws -> R) rethrows -> R {
    var bytes: [CChar] = []
    let starts = strings.map { string in
        defer { bytes.append(contentsOf: string.utf8.map { CChar(bitPattern: $0) } + [0]) }
        return bytes.count
    }
    return try bytes.withUnsafeBufferPointer { buffer in
        var pointers: [UnsafePointer<CChar>?] = starts.map { buffer.baseAddress?.advanced(by: $0) }
        pointers.append(nil)
        return try pointers.withUnsafeBufferPointer { try body($0.baseAddress!) }  // never empty: the nil is in it
    }
}

extension Connection {
    /// libpq's four parallel arrays for `parameters`, valid only inside `body`.
    func withWire<R>(
        _ parameters: [Parameter],
        _ body: (UnsafePointer<Oid>?, CStrings?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> R
    ) -> R {
        // One block for all values: pointers into many Swift arrays at once would need as many nested closures.
        // The byte too many keeps an empty value's pointer from being NULL, which libpq takes for SQL's NULL.
        let total = parameters.reduce(1) { $0 + ($1.bytes?.count ?? 0) }
        let block = UnsafeMutablePointer<CChar>.allocate(capacity: total)
        defer { block.deallocate() }
        var values: [UnsafePointer<CChar>?] = []
        var place = 0
        for parameter in parameters {
            guard let bytes = parameter.bytes else {
                values.append(nil)
                continue
            }
            bytes.withUnsafeBytes { source in
                UnsafeMutableRawPointer(block + place).copyMemory(
                    from: source.baseAddress ?? UnsafeRawPointer(block), byteCount: source.count)
            }
            values.append(UnsafePointer(block + place))
            place += bytes.count
        }
        return body(
            parameters.map(\.type.rawValue), values, parameters.map { Int32($0.bytes?.count ?? 0) },
            [Int32](repeating: 1, count: parameters.count))
    }
}
