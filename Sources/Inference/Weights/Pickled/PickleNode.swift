/// A value of a pickle. Values within it are places in ``Pickle/nodes``, so that neither depth nor cycles cost anything.
enum PickleNode {
    typealias Place = Int32

    case none
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case tuple([Place])
    case list([Place])
    /// Keys and values in turns, in the order in which they came.
    case dictionary([Place])
    case global(PickleGlobal)
    case storage(TensorStorage)
    indirect case tensor(StoredTensor)

    /// What a person would call it, article included.
    var kind: String {
        switch self {
        case .none: "None"
        case .boolean: "a truth value"
        case .integer: "a whole number"
        case .number: "a number"
        case .text: "a text"
        case .tuple: "a tuple"
        case .list: "a list"
        case .dictionary: "a dictionary"
        case .global: "a name of Python's"
        case .storage: "a storage"
        case .tensor: "a tensor"
        }
    }
}
