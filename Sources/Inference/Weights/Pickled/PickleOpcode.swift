/// The instructions of a pickle that a state dict is made of: what `torch.save` writes with protocols 2 to 5.
enum PickleOpcode: UInt8 {
    case mark = 0x28, stop = 0x2E
    case none = 0x4E, newTrue = 0x88, newFalse = 0x89
    case byte = 0x4B, short = 0x4D, integer = 0x4A, long = 0x8A, number = 0x47
    case text = 0x58, shortText = 0x8C
    case emptyDictionary = 0x7D, emptyList = 0x5D, emptyTuple = 0x29
    case tuple = 0x74, tuple1 = 0x85, tuple2 = 0x86, tuple3 = 0x87
    case append = 0x61, appends = 0x65, setItem = 0x73, setItems = 0x75
    case put = 0x71, longPut = 0x72, memoize = 0x94, get = 0x68, longGet = 0x6A
    case global = 0x63, stackGlobal = 0x93, reduce = 0x52, build = 0x62, persistentID = 0x51
    case `protocol` = 0x80, frame = 0x95

    /// What people who look into pickles call some of the others.
    private static let others: [UInt8: String] = [
        0x69: "INST", 0x6F: "OBJ", 0x81: "NEWOBJ", 0x92: "NEWOBJ_EX", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4",
        0x50: "PERSID", 0x30: "POP", 0x31: "POP_MARK", 0x32: "DUP", 0x42: "BINBYTES", 0x8E: "BINBYTES8",
        0x43: "SHORT_BINBYTES", 0x8D: "BINUNICODE8", 0x8B: "LONG4", 0x8F: "EMPTY_SET", 0x90: "ADDITEMS",
        0x91: "FROZENSET", 0x96: "BYTEARRAY8", 0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER", 0x54: "BINSTRING",
        0x55: "SHORT_BINSTRING", 0x49: "INT", 0x4C: "LONG", 0x46: "FLOAT", 0x53: "STRING", 0x56: "UNICODE",
        0x64: "DICT", 0x6C: "LIST", 0x67: "GET", 0x70: "PUT",
    ]

    /// An instruction that is not carried out, for a message.
    static func name(of byte: UInt8) -> String { others[byte] ?? "number \(byte)" }
}
