/// The names of Python that a state dict needs. Each stands for something that is done here; none is looked up or run.
enum PickleGlobal: Hashable {
    case orderedDictionary
    case rebuildTensor
    case rebuildParameter
    /// Numbers of one kind in a row.
    case storage(SafetensorsDtype)

    /// nil for every other name.
    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("torch", _):
            guard let dtype = Self.storages[name] else { return nil }
            self = .storage(dtype)
        default: return nil
        }
    }

    private static let storages: [String: SafetensorsDtype] = [
        "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
        "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8,
        "ByteStorage": .uint8, "BoolStorage": .bool,
    ]

    /// As a pickle has it.
    var name: String {
        switch self {
        case .orderedDictionary: "OrderedDict"
        case .rebuildTensor: "_rebuild_tensor_v2"
        case .rebuildParameter: "_rebuild_parameter"
        case .storage(let dtype): "a storage of \(dtype.rawValue)"
        }
    }

    /// What to say of a name that is none of these.
    static func refusal(module: String, name: String) -> CheckpointFault {
        let whole = "\(module).\(name)".quoted
        if module == "torch._utils", name == "_rebuild_tensor_v3" {
            return CheckpointFault(
                "it holds tensors of a dtype that is not read here (\(whole))",
                mend: "save them as float32, float16 or bfloat16")
        }
        return CheckpointFault("it asks for \(whole), which is no part of a state dict and is never run")
    }
}
