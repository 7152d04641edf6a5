/// A pickle, written instruction by instruction.
enum PickleScript {
    static let start: [UInt8] = [0x80, 2]
    static let stop: [UInt8] = [0x2E]
    static let mark: [UInt8] = [0x28]

    static func text(_ text: String) -> [UInt8] {
        [0x58] + withUnsafeBytes(of: UInt32(text.utf8.count).littleEndian) { Array($0) } + Array(text.utf8)
    }

    /// In two's complement, of eight bytes.
    static func long(_ value: Int) -> [UInt8] {
        [0x8A, 8] + withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    static func global(_ module: String, _ name: String) -> [UInt8] { [0x63] + Array("\(module)\n\(name)\n".utf8) }

    static func tuple(_ parts: [UInt8]...) -> [UInt8] { mark + parts.joined() + [0x74] }

    static func storage(_ kind: String = "FloatStorage", key: String = "0", count: Int) -> [UInt8] {
        tuple(text("storage"), global("torch", kind), text(key), text("cpu"), long(count)) + [0x51]
    }

    /// A view of a storage.
    static func tensor(_ storage: [UInt8], offset: Int = 0, shape: [Int], strides: [Int]) -> [UInt8] {
        var hooks: [UInt8] = global("collections", "OrderedDict")
        hooks += [0x29, 0x52]
        var result: [UInt8] = global("torch._utils", "_rebuild_tensor_v2")
        result += tuple(storage, long(offset), numbers(shape), numbers(strides), [0x89], hooks)
        return result + [0x52]
    }

    private static func numbers(_ values: [Int]) -> [UInt8] {
        var result: [UInt8] = mark
        for value in values { result += long(value) }
        return result + [0x74]
    }

    /// A whole pickle of a dictionary.
    static func dictionary(_ members: (String, [UInt8])...) -> [UInt8] { dictionary(members) }

    static func dictionary(_ members: [(String, [UInt8])]) -> [UInt8] {
        var result: [UInt8] = start
        result += [0x7D]
        result += mark
        for (key, value) in members { result += text(key) + value }
        result += [0x75]
        return result + stop
    }
}
