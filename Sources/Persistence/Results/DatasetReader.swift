import Concepts

/// Reads what was found in the images of one analysis, in order of their ids, out of one snapshot of the database.
public struct DatasetReader {
    let connection: Connection
    let analysisID: String
    private let languageClass: MethodParameters.Language.ClassChoice

    private static let pageSize: Int32 = 2000
    private static let methods = Statement(
        "entente_dataset_methods",
        """
        SELECT part_method FROM entente.part_rollups WHERE analysis_id = $1
        GROUP BY part_method HAVING sum(images) > 0 ORDER BY part_method
        """)
    private static let predicted = Statement(
        "entente_dataset_predicted",
        """
        SELECT predicted_index FROM entente.image_rollups WHERE analysis_id = $1 AND label_index > -2
        GROUP BY predicted_index HAVING sum(images) > 0 ORDER BY predicted_index
        """)
    private static let page = Statement(
        "entente_dataset_page",
        """
        SELECT p.image_id, p.label_index, p.predicted_index, p.vision_descriptors, p.auc_released, p.curve_released,
            p.auc_membership, p.curve_membership
        FROM entente.part_results AS p
        WHERE p.analysis_id = $1 AND p.image_id > $2 AND p.part_method = $3
        ORDER BY p.analysis_id, p.image_id LIMIT $4
        """)

    /// - Parameters:
    ///   - analysisID: a registered one.
    ///   - languageClass: whose language list its images met.
    public init(
        _ connection: Connection, analysisID: String, languageClass: MethodParameters.Language.ClassChoice
    ) {
        self.connection = connection
        self.analysisID = analysisID
        self.languageClass = languageClass
    }

    /// Runs `body` with everything that is read in it coming from one moment.
    public func snapshot<R>(_ body: () throws -> R) throws -> R {
        try connection.snapshot(body)
    }

    /// Part methods with results, in alphabetical order.
    public func partMethods() throws -> [String] {
        let rows = try connection.run(Self.methods, [.text(analysisID)])
        return try (0..<rows.count).map { try rows.text($0, 0) }
    }

    /// Classes that are predicted for some image, ascending.
    public func predictedClasses() throws -> [Int] {
        let rows = try connection.run(Self.predicted, [.text(analysisID)])
        return try (0..<rows.count).map { Int(try rows.int($0, 0)) }
    }

    /// Every image with a result of `partMethod`, in order of ids.
    public func forEachImage(partMethod: String, _ body: (DatasetImage) throws -> Void) throws {
        var last = ""
        while true {
            let rows = try connection.run(
                Self.page, [.text(analysisID), .text(last), .text(partMethod), .int(Self.pageSize)])
            for row in 0..<rows.count { try body(image(rows, row)) }
            guard rows.count == Int(Self.pageSize) else { return }
            last = try rows.text(rows.count - 1, 0)
        }
    }

    private func image(_ rows: Rows, _ row: Int) throws -> DatasetImage {
        func dynamics(_ column: Int) throws -> Agreement.Dynamics {
            Agreement.Dynamics(
                curve: try rows.bigints(row, column + 1).map { NanoNats(count: $0) },
                auc: NanoNats(count: try rows.bigint(row, column)))
        }
        let label = try rows.optionalInt(row, 1).map(Int.init)
        let predicted = Int(try rows.int(row, 2))
        return DatasetImage(
            label: label, predicted: predicted, languageClass: languageClass == .label ? label ?? predicted : predicted,
            vision: try rows.ints(row, 3).map(Int.init), released: try dynamics(4), membership: try dynamics(6))
    }
}
