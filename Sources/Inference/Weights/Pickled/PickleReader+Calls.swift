extension PickleReader {
    /// What stands for the result of a call that a state dict may make.
    ///
    /// - Throws: ``CheckpointFault`` for every other one.
    func result(of callee: PickleNode, _ arguments: PickleNode) throws(CheckpointFault) -> PickleNode {
        guard case .global(let global) = callee, case .tuple(let places) = arguments else {
            throw CheckpointFault("it calls \(callee.kind), which no state dict needs")
        }
        switch global {
        case .orderedDictionary where places.isEmpty: return .dictionary([])
        case .rebuildTensor where places.count == 6: return .tensor(try tensor(places))
        case .rebuildParameter where places.count == 3:
            guard case .tensor = self[places[0]] else { throw nonsense() }
            return self[places[0]]
        case .storage: throw CheckpointFault("it makes a storage out of nothing, which no state dict needs")
        default: throw CheckpointFault("it calls \(global.name) with \(places.count) arguments, as no state dict does")
        }
    }

    /// Storage, offset, shape, strides, and what only training needs.
    private func tensor(_ places: [PickleNode.Place]) throws(CheckpointFault) -> StoredTensor {
        guard case .storage(let storage) = self[places[0]], case .integer(let offset) = self[places[1]],
            let shape = integers(places[2]), let strides = integers(places[3])
        else { throw nonsense() }
        return try StoredTensor(storage, offset: offset, shape: shape, strides: strides)
    }

    private func integers(_ place: PickleNode.Place) -> [Int]? {
        guard case .tuple(let places) = self[place], places.count <= 64 else { return nil }
        let numbers = places.compactMap { place -> Int? in
            if case .integer(let number) = self[place] { number } else { nil }
        }
        return numbers.count == places.count ? numbers : nil
    }
}
