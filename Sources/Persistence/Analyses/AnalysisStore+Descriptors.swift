extension AnalysisStore {
    /// Ids of the analyses of a model whose classifier is made of descriptors, in their order.
    public func toldByDescriptors(modelWeights: String) throws -> [String] {
        let rows = try connection.query(
            """
            SELECT analysis_id FROM entente.analyses
            WHERE model_weights = $1 AND canonical_json::jsonb #> '{classifier,descriptors}' IS NOT NULL
            ORDER BY analysis_id
            """, [.text(modelWeights)])
        return try (0..<rows.count).map { try rows.text($0, 0) }
    }
}
