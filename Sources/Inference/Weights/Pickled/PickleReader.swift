/// Reads the pickle in the middle of what `torch.save` writes: a machine of a few instructions that can make dictionaries,
/// lists, tuples, plain values and views of storages, and nothing else.
///
/// Time and memory are at most proportional to the pickle's length, which is bounded: no instruction copies a value, and
/// values are never walked through.
struct PickleReader {
    /// The pickle of a model with twenty-five thousand tensors is smaller.
    private static let longest = 16 << 20
    private static let mostInstructions = 1_000_000
    private static let latestProtocol: UInt8 = 5

    private let bytes: UnsafeRawBufferPointer
    /// Where the file has the storage of that name.
    private let find: (String) -> Range<Int>?
    private var position = 0
    var nodes: [PickleNode] = []
    private var stack: [PickleNode.Place] = []
    /// How high the stack was at each mark.
    private var marks: [Int] = []
    private var memo: [UInt32: PickleNode.Place] = [:]
    private var storages: [String: TensorStorage] = [:]

    /// - Parameters:
    ///   - bytes: of the pickle.
    ///   - find: bytes of the file that an entry of `data/` is at.
    private init(_ bytes: UnsafeRawBufferPointer, find: @escaping (String) -> Range<Int>?) {
        self.bytes = bytes
        self.find = find
    }

    /// - Throws: ``CheckpointFault`` naming the instruction or name that is not carried out.
    static func read(
        _ bytes: UnsafeRawBufferPointer, find: @escaping (String) -> Range<Int>?
    ) throws(CheckpointFault) -> Pickle {
        guard bytes.count <= longest else {
            throw CheckpointFault("its data.pkl has \(bytes.count) bytes; \(longest) are read at most")
        }
        var reader = PickleReader(bytes, find: find)
        for _ in 0..<mostInstructions {
            let byte = try reader.number(UInt8.self)
            guard let opcode = PickleOpcode(rawValue: byte) else {
                throw CheckpointFault(
                    "it uses the pickle instruction \(PickleOpcode.name(of: byte)), which no state dict needs")
            }
            if opcode == .stop {
                guard reader.stack.count == 1, reader.marks.isEmpty, let root = reader.stack.first else {
                    throw reader.nonsense()
                }
                return Pickle(nodes: reader.nodes, root: root)
            }
            try reader.run(opcode)
        }
        throw CheckpointFault("its data.pkl has more than \(mostInstructions) instructions")
    }

    private mutating func run(_ opcode: PickleOpcode) throws(CheckpointFault) {
        switch opcode {
        case .mark: marks.append(stack.count)
        case .stop: break
        case .none: push(.none)
        case .newTrue: push(.boolean(true))
        case .newFalse: push(.boolean(false))
        case .byte: push(.integer(Int(try number(UInt8.self))))
        case .short: push(.integer(Int(try number(UInt16.self))))
        case .integer: push(.integer(Int(try number(Int32.self))))
        case .long: push(.integer(try long()))
        case .number: push(.number(Double(bitPattern: UInt64(bigEndian: try number(UInt64.self)))))
        case .text: push(.text(try text(Int(try number(UInt32.self)))))
        case .shortText: push(.text(try text(Int(try number(UInt8.self)))))
        case .emptyDictionary: push(.dictionary([]))
        case .emptyList: push(.list([]))
        case .emptyTuple: push(.tuple([]))
        case .tuple: push(.tuple(try takeMarked()))
        case .tuple1: push(.tuple(try take(1)))
        case .tuple2: push(.tuple(try take(2)))
        case .tuple3: push(.tuple(try take(3)))
        case .append: try append(try take(1))
        case .appends: try append(try takeMarked())
        case .setItem: try set(try take(2))
        case .setItems: try set(try takeMarked())
        case .put: memo[UInt32(try number(UInt8.self))] = try top()
        case .longPut: memo[try number(UInt32.self)] = try top()
        case .memoize: memo[UInt32(memo.count)] = try top()
        case .get: try recall(UInt32(try number(UInt8.self)))
        case .longGet: try recall(try number(UInt32.self))
        case .global: push(.global(try global(try line(), try line())))
        case .stackGlobal:
            let names = try take(2)
            guard case .text(let module) = self[names[0]], case .text(let name) = self[names[1]] else {
                throw nonsense()
            }
            push(.global(try global(module, name)))
        case .reduce:
            let call = try take(2)
            push(try result(of: self[call[0]], self[call[1]]))
        case .build:
            // What a dictionary has beside its members, such as versions of modules: nothing that is needed.
            guard case .dictionary = self[try take(1)[0]], case .dictionary = self[try top()] else {
                throw CheckpointFault("it sets attributes of what is no dictionary")
            }
        case .persistentID:
            let storage = try storage(self[try take(1)[0]])
            push(.storage(storage))
        case .protocol:
            let version = try number(UInt8.self)
            guard version <= Self.latestProtocol else {
                throw CheckpointFault(
                    "its data.pkl has protocol \(version); protocols to \(Self.latestProtocol) are read")
            }
        case .frame: _ = try number(UInt64.self)
        }
    }

    subscript(place: PickleNode.Place) -> PickleNode { nodes[Int(place)] }

    func nonsense() -> CheckpointFault { CheckpointFault(damaged: "its data.pkl makes no sense at byte \(position)") }

    // MARK: - Bytes

    private mutating func number<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type
    ) throws(CheckpointFault) -> Value {
        guard let value = bytes.field(type, at: position) else { throw endsEarly }
        position += MemoryLayout<Value>.size
        return value
    }

    private var endsEarly: CheckpointFault { CheckpointFault(damaged: "its data.pkl is cut short") }

    private mutating func text(_ count: Int) throws(CheckpointFault) -> String {
        guard count <= bytes.count - position else { throw endsEarly }
        defer { position += count }
        guard let text = String(validating: bytes[position..<position + count], as: UTF8.self) else { throw nonsense() }
        return text
    }

    /// A line's text, its end left off.
    private mutating func line() throws(CheckpointFault) -> String {
        guard let end = bytes[position...].firstIndex(of: 0x0A) else { throw endsEarly }
        defer { position = end + 1 }
        return try text(end - position)
    }

    /// A number in two's complement, of as many bytes as the first says.
    private mutating func long() throws(CheckpointFault) -> Int {
        let count = Int(try number(UInt8.self))
        guard count <= 8 else { throw CheckpointFault("it holds a whole number of \(count) bytes") }
        guard count <= bytes.count - position else { throw endsEarly }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[position + index]) << (8 * index) }
        position += count
        guard count > 0 else { return 0 }
        let unused = 64 - 8 * count
        return Int(Int64(bitPattern: value << unused) >> unused)
    }

    // MARK: - Values

    private mutating func push(_ node: PickleNode) {
        stack.append(PickleNode.Place(nodes.count))
        nodes.append(node)
    }

    private func top() throws(CheckpointFault) -> PickleNode.Place {
        guard let place = stack.last, stack.count > marks.last ?? 0 else { throw nonsense() }
        return place
    }

    /// The topmost values, in the order in which they came.
    private mutating func take(_ count: Int) throws(CheckpointFault) -> [PickleNode.Place] {
        guard stack.count - (marks.last ?? 0) >= count else { throw nonsense() }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func takeMarked() throws(CheckpointFault) -> [PickleNode.Place] {
        guard let mark = marks.popLast() else { throw nonsense() }
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    private mutating func recall(_ key: UInt32) throws(CheckpointFault) {
        guard let place = memo[key] else { throw nonsense() }
        stack.append(place)
    }

    private mutating func append(_ places: [PickleNode.Place]) throws(CheckpointFault) {
        let target = Int(try top())
        guard case .list(var items) = nodes[target] else { throw nonsense() }
        // Let go, so that it grows in place.
        nodes[target] = .none
        items += places
        nodes[target] = .list(items)
    }

    private mutating func set(_ places: [PickleNode.Place]) throws(CheckpointFault) {
        let target = Int(try top())
        guard places.count.isMultiple(of: 2), case .dictionary(var items) = nodes[target] else { throw nonsense() }
        nodes[target] = .none
        items += places
        nodes[target] = .dictionary(items)
    }

    // MARK: - Names

    private func global(_ module: String, _ name: String) throws(CheckpointFault) -> PickleGlobal {
        guard let global = PickleGlobal(module: module, name: name) else {
            throw PickleGlobal.refusal(module: module, name: name)
        }
        return global
    }

    private mutating func storage(_ node: PickleNode) throws(CheckpointFault) -> TensorStorage {
        guard case .tuple(let parts) = node, parts.count == 5, case .text("storage") = self[parts[0]],
            case .global(.storage(let dtype)) = self[parts[1]], case .text(let key) = self[parts[2]],
            case .text = self[parts[3]], case .integer(let count) = self[parts[4]]
        else { throw nonsense() }
        if let known = storages[key] {
            guard known.dtype == dtype, known.count == count else {
                throw CheckpointFault(damaged: "its storage \(key.quoted) is of two kinds or lengths")
            }
            return known
        }
        guard let range = find(key) else { throw CheckpointFault(damaged: "its storage \(key.quoted) is missing") }
        let (size, overflow) = count.multipliedReportingOverflow(by: dtype.size)
        guard count >= 0, !overflow, size == range.count else {
            throw CheckpointFault(
                damaged: "its storage \(key.quoted) has \(range.count) bytes for \(count) values of \(dtype.rawValue)")
        }
        let storage = TensorStorage(dtype: dtype, count: count, range: range)
        storages[key] = storage
        return storage
    }
}
