/// The named tensors of a checkpoint, found where open_clip looks for them: in what lies under `state_dict`, or else in the
/// outermost dictionary; without the `module.` that a wrapper for several processors puts before every name.
struct StateDict {
    /// In the file's order.
    let tensors: [(name: String, tensor: StoredTensor)]

    private static let longestName = 1024

    init(_ pickle: Pickle) throws(CheckpointFault) {
        guard let outermost = pickle.members(of: pickle.root) else {
            throw CheckpointFault("it holds \(pickle[pickle.root].kind) and no state dict")
        }
        var members = outermost
        if let inner = outermost.first(where: { if case .text("state_dict") = $0.key { true } else { false } }) {
            guard let found = pickle.members(of: inner.value) else {
                throw CheckpointFault("its state_dict is \(pickle[inner.value].kind)")
            }
            members = found
        }
        var tensors: [(name: String, tensor: StoredTensor)] = []
        var seen: Set<String> = []
        for member in members {
            guard case .text(let name) = member.key else {
                throw CheckpointFault("a key of its state dict is \(member.key.kind)")
            }
            guard case .tensor(let tensor) = pickle[member.value] else {
                throw CheckpointFault(
                    "\(name.quoted) of its state dict is \(pickle[member.value].kind) and no tensor")
            }
            guard name.utf8.count <= Self.longestName, name != "__metadata__", seen.insert(name).inserted else {
                throw CheckpointFault(damaged: "its tensor \(name.quoted) is there twice, or no name of a tensor's")
            }
            tensors.append((name, tensor))
        }
        guard let first = tensors.first else { throw CheckpointFault("its state dict is empty") }
        let wrapper = "module."
        if first.name.hasPrefix(wrapper) {
            if let other = tensors.first(where: { !$0.name.hasPrefix(wrapper) }) {
                throw CheckpointFault("only some of its tensors are called \(wrapper)…; \(other.name.quoted) is not")
            }
            tensors = tensors.map { (String($0.name.dropFirst(wrapper.count)), $0.tensor) }
        }
        self.tensors = tensors
    }
}
