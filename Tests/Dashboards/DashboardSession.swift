import Persistence

/// Answers a dashboard's queries as Grafana would ask them.
public struct DashboardSession {
    private let connection: Connection
    private let interpolation: Interpolation

    /// - Parameter connection: of whoever reads; sees what Grafana's user would.
    public init(_ connection: Connection, _ interpolation: Interpolation) {
        self.connection = connection
        self.interpolation = interpolation
    }

    /// A query of a panel under one choice of the variables.
    public struct Question: Sendable {
        public let panel: Panel
        public let target: Panel.Target
        /// Without macros and variables.
        public let sql: String
        /// The custom variables' values, in order.
        public let choice: [String]
    }

    /// Every panel's queries under every choice of the custom variables. Of what a query variable offers the first is
    /// taken, as Grafana does when a dashboard is opened, or all where several may be chosen.
    ///
    /// - Parameter heard: is told of each variable's own query, and how many values it offered.
    /// - Throws: ``DashboardError``, also when a variable offers nothing.
    public func questions(
        of dashboard: Dashboard,
        heard: (DashboardVariable, _ sql: String, _ offered: Int) throws -> Void = { _, _, _ in }
    ) throws -> [Question] {
        try choices(dashboard.variables[...]).flatMap { choice in
            var filled = interpolation
            for variable in dashboard.variables {
                switch variable.type {
                case .custom: filled.set(variable, to: [choice[variable.name] ?? ""])
                case .query:
                    let sql = try filled(variable.query)
                    let offered = try values(sql, of: variable, dashboard)
                    try heard(variable, sql, offered.count)
                    filled.set(variable, to: variable.multi ? offered : Array(offered.prefix(1)))
                }
            }
            return try dashboard.panels.flatMap { panel in
                try panel.targets.map { target in
                    Question(
                        panel: panel, target: target, sql: try filled(target.rawSql),
                        choice: dashboard.variables.compactMap { choice[$0.name] })
                }
            }
        }
    }

    private func choices(_ variables: ArraySlice<DashboardVariable>) -> [[String: String]] {
        guard let first = variables.first else { return [[:]] }
        let rest = choices(variables.dropFirst())
        guard first.type == .custom else { return rest }
        return first.choices.flatMap { value in rest.map { $0.merging([first.name: value]) { $1 } } }
    }

    private func values(_ sql: String, of variable: DashboardVariable, _ dashboard: Dashboard) throws -> [String] {
        let rows = try connection.query(sql)
        guard rows.columns == ["__text", "__value"], rows.count > 0 else {
            throw DashboardError(
                description: "\(dashboard.title), variable \(variable.name): \(rows.count) rows of \(rows.columns)")
        }
        return try (0..<rows.count).map { try rows.text($0, 1) }
    }
}
