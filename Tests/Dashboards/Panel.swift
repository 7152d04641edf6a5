/// A panel of a dashboard: its query, and the columns that it counts on.
public struct Panel: Decodable, Sendable {
    public let title: String
    public let description: String
    public let type: Kind
    public let datasource: DataSource
    public let targets: [Target]
    let options: Options
    let fieldConfig: FieldConfig
    let transformations: [Transformation]

    public enum Kind: String, Decodable, Sendable { case table, stat, gauge, timeseries, xychart }

    public struct Target: Decodable, Sendable {
        public let rawSql: String
        public let format: String
        public let datasource: DataSource
    }

    struct Options: Decodable, Sendable {
        let reduceOptions: Reduction?
        let series: [Series]?
        struct Reduction: Decodable, Sendable { let fields: String }
        struct Series: Decodable, Sendable {
            let x: Axis
            let y: Axis
        }
        struct Axis: Decodable, Sendable { let matcher: ByName }
    }

    struct FieldConfig: Decodable, Sendable {
        let overrides: [Override]
        struct Override: Decodable, Sendable { let matcher: ByName }
    }

    struct ByName: Decodable, Sendable {
        let id: String
        let options: String
    }

    struct Transformation: Decodable, Sendable {
        let id: String
        let options: Options
        struct Options: Decodable, Sendable {
            let indexByName: [String: Int]?
            let renameByName: [String: String]?
            let fields: [String]?
        }
    }
}
