/// Named pieces of a page, in the order in which they are written.
struct Record: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    private(set) var fields: [(name: String, value: Node)] = []

    init(dictionaryLiteral elements: (String, Node)...) {
        for (name, value) in elements { self[name] = value }
    }

    subscript(_ name: String) -> Node {
        get { fields.first { $0.name == name }?.value ?? .absent }
        set {
            if let place = fields.firstIndex(where: { $0.name == name }) {
                fields[place].value = newValue
            } else {
                fields.append((name, newValue))
            }
        }
    }

    static func == (left: Record, right: Record) -> Bool {
        left.fields.elementsEqual(right.fields) { $0.name == $1.name && $0.value == $1.value }
    }

    /// With what another has besides.
    func adding(_ other: Record) -> Record {
        var sum = self
        for field in other.fields { sum[field.name] = field.value }
        return sum
    }

    func text(_ name: String) -> String? {
        if case .text(let text) = self[name] { return text }
        return nil
    }

    func number(_ name: String) -> Double? {
        switch self[name] {
        case .number(let number, _): number
        case .count(let count): Double(count)
        default: nil
        }
    }

    func count(_ name: String) -> Int? {
        if case .count(let count) = self[name] { return count }
        return nil
    }

    func flag(_ name: String) -> Bool? {
        if case .flag(let flag) = self[name] { return flag }
        return nil
    }
}
