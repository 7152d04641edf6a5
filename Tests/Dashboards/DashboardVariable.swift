/// What a reader of a dashboard chooses from.
public struct DashboardVariable: Decodable, Sendable {
    public let name: String
    public let type: Kind
    /// SQL with columns `__text` and `__value`, or the values themselves with commas between.
    public let query: String
    /// Several may be chosen: stands in SQL as a list of literals. Else as text between quotes that are there already.
    public let multi: Bool
    public let datasource: DataSource?

    public enum Kind: String, Decodable, Sendable { case query, custom }

    /// The values of ``Kind/custom``.
    public var choices: [String] { type == .custom ? query.split(separator: ",").map(String.init) : [] }

    /// `values` as Grafana's PostgreSQL data source writes them.
    func sql(_ values: [String]) -> String {
        let escaped = values.map { $0.replacing("'", with: "''") }
        return multi ? escaped.map { "'\($0)'" }.joined(separator: ",") : escaped.first ?? ""
    }
}
