/// Every class of an analysis with what its images have on average.
struct ClassPoints {
    /// class_id, class_name, images, top_1, mi and auc of every class with images.
    let rows: [Record]
    /// A class's images are those with its label; false where none has a label: those that are taken for it, which have no top_1.
    let areOfLabels: Bool

    init(of id: String, _ reader: Reader, _ method: String, _ estimator: String) throws {
        let labelled = try reader.rows(
            "its classes",
            """
            SELECT k.class_id, k.class_name, p.images, p.top_1, p.mi_\(estimator) AS mi, p.auc_\(estimator) AS auc
            FROM entente.class_points AS p
            JOIN entente.analysis_classes AS k ON k.analysis_id = p.analysis_id AND k.class_index = p.class_index
            WHERE p.analysis_id = $1 AND p.part_method = $2 ORDER BY p.class_index
            """, [.text(id), .text(method)], AnalysisPage.estimates)
        areOfLabels = !labelled.isEmpty
        rows =
            areOfLabels
            ? labelled
            : try reader.rows(
                "its classes, of images without a label",
                """
                SELECT k.class_id, k.class_name, p.images, NULL::double precision AS top_1, p.mi_\(estimator) AS mi,
                    p.auc_\(estimator) AS auc
                FROM entente.unlabelled_points AS p
                JOIN entente.analysis_classes AS k ON k.analysis_id = p.analysis_id AND k.class_index = p.class_index
                WHERE p.analysis_id = $1 AND p.part_method = $2 ORDER BY p.class_index
                """, [.text(id), .text(method)], AnalysisPage.estimates)
    }
}
