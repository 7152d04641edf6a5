/// What a pickle holds, once it is read: values that name each other by their places.
struct Pickle {
    let nodes: [PickleNode]
    let root: PickleNode.Place

    subscript(place: PickleNode.Place) -> PickleNode { nodes[Int(place)] }

    /// The members of a dictionary, in order; nil for anything else.
    func members(of place: PickleNode.Place) -> [(key: PickleNode, value: PickleNode.Place)]? {
        guard case .dictionary(let places) = self[place] else { return nil }
        return stride(from: 0, to: places.count, by: 2).map { (self[places[$0]], places[$0 + 1]) }
    }
}
