/// A column of rows that go to the server as arrays: what it is called, its type, and its value in a row.
struct Column<Row>: Sendable {
    let name: String
    /// What is written, where that is not the value itself but looked up by it.
    private let lookup: String?
    private let element: PostgresType
    /// Whether each row has a list. Lists of unlike length go end to end; where a row's begins and ends in them is
    /// given by 1-based numbers, both inclusive, as slices are in SQL.
    private let isList: Bool
    /// Whether a row whose list is empty gets null instead.
    private let emptyIsNull: Bool
    /// The array, or all lists in one and the beginnings and ends.
    let parameters: @Sendable ([Row]) -> [Parameter]

    /// - Parameter lookup: SQL of what is written instead; the value is `u.name` then.
    init<V: WireValue>(_ name: String, as lookup: String? = nil, _ value: @escaping @Sendable (Row) -> V?) {
        self.name = name
        self.lookup = lookup
        element = V.type
        isList = false
        emptyIsNull = false
        parameters = { rows in [.array(rows.map(value))] }
    }

    /// A number within 32 bits.
    init(integer name: String, _ value: @escaping @Sendable (Row) -> Int?) {
        self.init(name) { row in value(row).map { Int32(clamping: $0) } }
    }

    init<V: WireValue>(
        list name: String, emptyIsNull: Bool = false, _ values: @escaping @Sendable (Row) -> [V?]
    ) {
        self.name = name
        lookup = nil
        element = V.type
        isList = true
        self.emptyIsNull = emptyIsNull
        parameters = { rows in
            var flat: [V?] = []
            let bounds = rows.map { row -> (from: Int32, to: Int32) in
                let from = flat.count + 1
                flat += values(row)
                return (Int32(from), Int32(flat.count))
            }
            return [.array(flat), .ints(bounds.map(\.from)), .ints(bounds.map(\.to))]
        }
    }

    /// How many parameters it takes.
    var width: Int { isList ? 3 : 1 }

    /// Its part of the server's rows `u`, as `unnest` makes them: arguments and what they become.
    ///
    /// - Parameter number: of its first parameter.
    func source(_ number: Int) -> [(argument: String, name: String)] {
        guard isList else { return [("$\(number)::\(element)[]", name)] }
        return [("$\(number + 1)::int4[]", name + "_from"), ("$\(number + 2)::int4[]", name + "_to")]
    }

    /// What is written of a row `u`.
    func value(_ number: Int) -> String {
        if let lookup { return lookup }
        guard isList else { return "u.\(name)" }
        let slice = "($\(number)::\(element)[])[u.\(name)_from:u.\(name)_to]"
        return emptyIsNull ? "nullif(\(slice), '{}')" : slice
    }
}
